"""What is overdue reminds on every working day and goes up, until the entry is ended."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from deadlines.actions import daily, reminding
from deadlines.actions.ending import mark_done
from deadlines.actions.entering import confirm_deadline, move_deadline
from deadlines.actions.passing import Holders, pass_on
from deadlines.models import Deadline, DocketEntry, Reminder
from lawcrm import access, audit
from lawcrm.accounts.models import User
from tests import personas
from tests.deadlines.office import Office, again, entered, proposed
from tests.deadlines.running import emails, run, told, whole_day
from tests.lawcrm.mail_server import Post

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
EIGHT = datetime(2026, 11, 20, 7, tzinfo=UTC)  # at eight in Copenhagen
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def morning() -> Any:
    with time_machine.travel(EIGHT, tick=False):
        yield


def known(office: Office, **fields: Any) -> Deadline:
    """Entered weeks ago and confirmed, due this Friday."""
    long_ago = EIGHT - 30 * DAY
    deadline = entered(office, now=long_ago, due_on=FRIDAY, **fields)
    with access.as_user(office.lawyer):
        return confirm_deadline(actor=office.lawyer, deadline=deadline, seen=FRIDAY, now=long_ago)


def daily_steps(deadline: Deadline) -> list[tuple[str, int, str]]:
    with access.as_system("test"):
        rows = Reminder.objects.filter(deadline=deadline, step__startswith="overdue").order_by("due_at", "pk")
        return [(row.step, row.level, f"{row.due_at:%m-%d %H:%M}") for row in rows]


def got_it(person: User, deadline: Deadline, now: datetime) -> None:
    with access.as_user(person):
        reminding.acknowledge(actor=person, deadline=deadline, now=now)


def test_after_the_last_step_it_reminds_on_every_working_day(office: Office, post: Post) -> None:
    deadline = known(office, criticality="normal")
    whole_day(FRIDAY)
    got_it(office.lawyer, deadline, EIGHT + 8 * HOUR)
    told(post)
    whole_day(FRIDAY + DAY)
    whole_day(FRIDAY + 2 * DAY)
    assert told(post) == []
    for ahead in range(2):
        whole_day(MONDAY + ahead * DAY)
        assert told(post) == emails(office.lawyer)
    assert daily_steps(deadline) == [
        ("overdue+3.1", 0, "11-23 07:00"),
        ("overdue+4.1", 0, "11-24 07:00"),
    ]


def test_the_mail_says_that_it_has_passed_and_names_nobody(office: Office, post: Post) -> None:
    known(office)
    run(EIGHT + 3 * DAY)
    mail = post.mails[-1]
    text = mail.get_body().get_content()  # type: ignore[union-attr]
    assert mail["Subject"] == f"Overdue: {office.matter.number}, Statutory deadline, Friday 20 November 2026"
    assert f"A deadline in matter {office.matter.number} has passed and is still open" in text
    assert "Nordbau" not in text + mail["Subject"]


def test_it_goes_up_the_usual_chain(office: Office, boss: User, post: Post) -> None:
    desk = personas.user_for("docket desk", full_name="Dora Desk")
    deadline = known(office, deputy=office.assistant)
    with access.as_system("test"):
        Reminder.objects.filter(deadline=deadline).update(state="handed", acknowledged_at=EIGHT)
    monday = EIGHT + 3 * DAY
    expected = [
        emails(office.lawyer, office.assistant),
        emails(office.assistant),
        emails(boss),
        emails(desk),
        emails(office.outsider),
        [],
    ]
    for hours, people in enumerate(expected):
        run(monday + hours * HOUR)
        assert told(post) == people, hours


def test_an_acknowledgement_stops_the_step_of_that_day_only(office: Office, boss: User, post: Post) -> None:
    deadline = known(office)
    whole_day(FRIDAY)
    monday = EIGHT + 3 * DAY
    run(monday)
    told(post)
    got_it(office.lawyer, deadline, monday)
    whole_day(MONDAY)
    assert told(post) == []
    run(monday + DAY)
    assert told(post) == emails(office.lawyer)
    run(monday + DAY + HOUR)
    assert told(post) == emails(boss)


def test_ended_moved_or_closed_it_stops(office: Office, post: Post) -> None:
    done, moved = known(office, criticality="normal"), known(office)
    monday = EIGHT + 3 * DAY
    run(monday)
    with access.as_user(office.lawyer):
        mark_done(actor=office.lawyer, deadline=done, seen=FRIDAY, reason="filed", now=monday)
        later = move_deadline(
            actor=office.lawyer,
            deadline=again(moved),
            seen=FRIDAY,
            due_on=MONDAY + 60 * DAY,
            due_time=None,
            reason="extended",
            now=monday,
        )
    with access.as_user(office.assistant):
        confirm_deadline(actor=office.assistant, deadline=later, seen=later.due_on, now=monday)
    told(post)
    whole_day(MONDAY + DAY)
    assert told(post) == []


def test_entered_or_passed_on_late_it_is_told_once_that_day(office: Office, post: Post) -> None:
    monday = EIGHT + 3 * DAY
    late = entered(office, now=monday, due_on=FRIDAY)
    whole_day(MONDAY)
    assert [envelope for envelope in told(post) if envelope == office.lawyer.email] == [office.lawyer.email]
    tuesday = monday + DAY
    run(tuesday)
    told(post)
    with access.as_user(office.lawyer):
        to = Holders(assignee=office.assistant)
        held = again(late).held_by
        pass_on(actor=office.lawyer, deadline=again(late), seen=held, to=to, reason="on leave", now=tuesday)
    for minutes in (0, 2, 30):
        run(tuesday + HOUR + minutes * MINUTE)
    assert told(post) == emails(office.assistant)
    got_it(office.assistant, late, tuesday + HOUR)
    run(tuesday + DAY)
    assert told(post) == emails(office.assistant)


def test_the_earlier_of_two_dates_counts(office: Office) -> None:
    """A date that is proposed and past reminds on, though the one that stands is still to come."""
    deadline = known(office)
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(pk=deadline.pk), due_on=MONDAY + 30 * DAY)
    proposed(again(deadline), FRIDAY)
    run(EIGHT + 3 * DAY)
    assert daily_steps(deadline)[0] == ("overdue+3.1", 0, "11-23 07:00")


def test_run_again_and_again_it_makes_each_step_once(office: Office) -> None:
    deadline = known(office, deputy=office.assistant)
    monday = EIGHT + 3 * DAY
    with access.as_system("test"):
        found = [daily.remind_again(now=monday + minutes * MINUTE) for minutes in range(3)]
    assert (found, len(daily_steps(deadline))) == ([2, 0, 0], 2)


@pytest.mark.parametrize("count", [1, 3])
def test_many_cost_as_many_queries_as_one(count: int, office: Office, django_assert_num_queries: Any) -> None:
    for _each in range(count):
        known(office)
    with access.as_system("test"), django_assert_num_queries(13):
        assert daily.remind_again(now=EIGHT + 3 * DAY) == count


def test_the_desk_reads_of_one_deadline_once(office: Office) -> None:
    personas.user_for("docket desk", full_name="Dora Desk")
    known(office)
    for ahead in range(2):
        whole_day(MONDAY + ahead * DAY)
    with access.as_system("test"):
        assert [entry.reminder.step for entry in DocketEntry.objects.select_related("reminder")] == ["overdue+4.1^3"]
