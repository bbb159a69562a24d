"""Whoever takes deadlines over, from somebody who leaves or who passes them on, is told at once of what cannot wait."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from deadlines.actions import passing, reminding
from deadlines.actions.passing import Holders
from deadlines.models import Deadline
from deadlines.queries import reminders
from lawcrm import access, jobs
from lawcrm.accounts.actions import staff
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage
from matters.actions import walls
from matters.models import Wall
from tests import factories, personas
from tests.deadlines.office import NOW, TODAY, Office, entered, wall_off
from tests.deadlines.running import emails, naming, run
from tests.lawcrm.mail_server import Post

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FAR = TODAY + timedelta(days=120)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def passed(deadline: Deadline, to: User, now: Any = NOW, by: User | None = None) -> None:
    with time_machine.travel(now, tick=False), access.as_user(by or deadline.entered_by):
        seen = Deadline.objects.get(pk=deadline.pk).held_by
        passing.pass_on(
            actor=by or deadline.entered_by,
            deadline=deadline,
            seen=seen,
            to=Holders(assignee=to),
            reason="on leave",
            now=now,
        )


def leaves(user: User, to: User, now: Any = NOW) -> None:
    keeper = personas.user_for("administrator")
    with time_machine.travel(now, tick=False), access.as_user(keeper):
        staff.end_access(actor=keeper, user=user, reason="left", successor=to, now=now)


def for_minutes(post: Post, start: Any, minutes: tuple[int, ...] = (0, 2, 4, 8)) -> None:
    post.envelopes.clear()
    for minute in minutes:
        run(start + minute * MINUTE)


def lines(post: Post, person: User) -> list[str]:
    """Of the one mail about what came to them."""
    [mail] = [
        mail
        for mail in post.mails
        if mail["To"].addresses[0].addr_spec == person.email and "came to you" in mail["Subject"]
    ]
    return [line.strip() for line in mail.get_body().get_content().splitlines() if line.startswith("  ")]  # type: ignore[union-attr]


def test_many_that_came_from_who_leaves_are_one_mail_at_once(office: Office, post: Post) -> None:
    """Whatever the one before was sent or had acknowledged; what can wait for its first step is not in it."""
    number = office.matter.number
    entered(office, due_on=TODAY - 3 * DAY)
    seen = entered(office, criticality="normal")
    for _each in range(40):
        entered(office, due_on=FAR)
    entered(office, due_on=FAR, criticality="normal")
    for_minutes(post, NOW)
    with access.as_user(office.lawyer):
        assert reminding.acknowledge(actor=office.lawyer, deadline=seen, now=NOW) == 1
    later = NOW + 30 * MINUTE
    leaves(office.lawyer, office.reader, later)
    for_minutes(post, later)
    assert naming(post, number) == emails(office.reader)
    assert lines(post, office.reader) == [
        f"Overdue: {number}, Statutory deadline, Tuesday 17 November 2026",
        f"{number}: Statutory deadline, Friday 20 November 2026",
        *[f"{number}: Statutory deadline, Saturday 20 March 2027"] * 40,
    ]


def test_it_names_nobody_and_stands_on_their_front_page(office: Office, post: Post) -> None:
    deadline = entered(office)
    leaves(office.lawyer, office.reader)
    for_minutes(post, NOW)
    [mail] = [mail for mail in post.mails if office.matter.number in mail.get_body().get_content()]  # type: ignore[union-attr]
    for name in ("Nordbau", "Berufung", "Karin", "Ida"):
        assert name not in mail.get_body().get_content()  # type: ignore[union-attr]
    with access.as_user(office.reader):
        assert [row.pk for row, _level in reminders.unacknowledged(office.reader.pk)] == [deadline.pk]
    page = office.browser(office.reader).get(reverse("deadlines:detail", args=[deadline.public_id]))
    assert ("Sent" in page.text, "Being sent" in page.text) == (True, False)


def test_who_got_the_list_of_today_hears_at_once_what_is_passed_on_to_them(office: Office, post: Post) -> None:
    """A critical entry nobody has confirmed, which the list of the day can tell them of no more."""
    entered(office, due_on=FAR, assignee=office.reader, now=NOW - DAY)
    theirs = entered(office, due_on=FAR, now=NOW - DAY)
    for_minutes(post, NOW)
    assert naming(post, office.matter.number) == emails(office.lawyer, office.reader)
    later = NOW + 60 * MINUTE
    passed(theirs, office.reader, later)
    for_minutes(post, later, (0, 2, 4, 60, 120))
    assert naming(post, office.matter.number) == emails(office.reader)
    assert len(lines(post, office.reader)) == 1


def test_what_is_passed_on_one_after_the_other_is_one_mail(office: Office, post: Post) -> None:
    rows = [entered(office) for _each in range(5)]
    for_minutes(post, NOW)
    later = NOW + 60 * MINUTE
    for seconds, row in enumerate(rows):
        passed(row, office.reader, later + timedelta(seconds=seconds))
    for_minutes(post, later + MINUTE)
    assert naming(post, office.matter.number) == emails(office.reader)
    assert len(lines(post, office.reader)) == 5


def test_a_deadline_that_comes_back_is_told_of_again_and_once(office: Office, post: Post) -> None:
    """Before the mail about it went out it was somebody else's for a minute."""
    deadline = entered(office, due_on=FAR)
    passed(deadline, office.reader, NOW)
    run(NOW)
    passed(deadline, office.lawyer, NOW + MINUTE)
    run(NOW + MINUTE)
    run(NOW + 2 * MINUTE)
    mails = OutboxMessage.objects.filter(kind=reminders.TAKEN_OVER)
    assert mails.get(recipient_id=office.reader.pk).reason == "settled"
    passed(deadline, office.reader, NOW + 3 * MINUTE)
    for_minutes(post, NOW + 3 * MINUTE, (0, 3, 6, 9))
    assert naming(post, office.matter.number) == emails(office.reader)


def test_what_comes_after_the_list_went_out_has_a_mail_of_its_own(office: Office, post: Post) -> None:
    first, second = entered(office, due_on=FAR), entered(office, due_on=FAR)
    passed(first, office.reader, NOW)
    run(NOW)
    run(NOW + 2 * MINUTE)
    passed(second, office.reader, NOW + 3 * MINUTE)
    for_minutes(post, NOW + 3 * MINUTE)
    assert naming(post, office.matter.number) == emails(office.reader)
    assert [
        str(mail["Subject"]) for mail in post.mails if mail["To"].addresses[0].addr_spec == office.reader.email
    ] == [f"{office.matter.number}: Statutory deadline, Saturday 20 March 2027"]


def test_a_wall_raised_before_the_mail_keeps_it_in(office: Office, post: Post) -> None:
    passed(entered(office), office.reader)
    run(NOW)
    wall_off(office.matter, office.reader)
    for_minutes(post, NOW + 2 * MINUTE)
    assert office.reader.email not in naming(post, office.matter.number)


def behind_a_wall(office: Office, karin: User, against: Any) -> Wall:
    with access.as_user(karin):
        return walls.raise_wall(actor=karin, matter=office.matter, against=[against], reason="conflict", now=NOW)


@pytest.mark.parametrize("whom", ["the person", "their group"])
def test_once_a_wall_is_lifted_its_person_is_told_what_it_kept_in(
    office: Office, boss: User, post: Post, whom: str
) -> None:
    factories.grant(office.matter, boss, "manage_matter")
    group = personas.practice_group("Transport", office.reader)
    told = entered(office, criticality="normal", assignee=office.reader)
    assert jobs.run("deadlines.remind", NOW) == "done"
    wall = behind_a_wall(office, boss, office.reader if whom == "the person" else group)
    for_minutes(post, NOW + MINUTE)
    assert naming(post, office.matter.number) == []
    with access.as_user(boss):
        walls.lower_wall(actor=boss, wall=wall, reason="settled", now=NOW + 30 * MINUTE)
    for_minutes(post, NOW + 30 * MINUTE)
    assert naming(post, office.matter.number) == emails(office.reader)
    with access.as_user(office.reader):
        assert [row.pk for row, _level in reminders.unacknowledged(office.reader.pk)] == [told.pk]


def test_nobody_behind_a_lifted_wall_is_told_twice(office: Office, boss: User, post: Post) -> None:
    """What was sent before the wall stood, and what is done meanwhile."""
    factories.grant(office.matter, boss, "manage_matter")
    entered(office, criticality="normal", assignee=office.reader)
    for_minutes(post, NOW)
    wall = behind_a_wall(office, boss, office.reader)
    with access.as_user(boss):
        walls.lower_wall(actor=boss, wall=wall, reason="settled", now=NOW + 30 * MINUTE)
    for_minutes(post, NOW + 30 * MINUTE)
    assert naming(post, office.matter.number) == []


def test_nobody_acknowledging_goes_up_from_then_on(office: Office, boss: User, post: Post) -> None:
    """The hour of the day itself begins anew for who has it now, and what was asked of the one before is over."""
    deadline = entered(office)
    for_minutes(post, NOW)
    later = NOW + 30 * MINUTE
    passed(deadline, office.reader, later)
    for_minutes(post, later, (0, 2, 45))
    assert naming(post, office.matter.number) == emails(office.reader)
    for_minutes(post, later + 61 * MINUTE)
    assert naming(post, office.matter.number) == emails(boss)
