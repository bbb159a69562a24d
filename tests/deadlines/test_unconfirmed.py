"""A critical entry that nobody confirms goes up from day to day, in one mail for each person."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from deadlines import ladder
from deadlines.actions.entering import confirm_deadline
from deadlines.models import Deadline, DocketEntry, Reminder
from lawcrm import access, jobs, outbox
from lawcrm.accounts.actions import staff
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage
from tests import personas
from tests.deadlines.office import Office, entered, wall_off
from tests.deadlines.running import emails, naming, run, told, whole_day
from tests.lawcrm.mail_server import Post

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
DUE = date(2027, 3, 1)
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def desk() -> User:
    return personas.user_for("docket desk", full_name="Dora Desk")


def waiting(office: Office, **fields: Any) -> Deadline:
    """Entered on Monday, its first step is months ahead."""
    return entered(office, now=NOON, due_on=DUE, **fields)


def confirmed(office: Office, deadline: Deadline, now: datetime) -> None:
    with access.as_user(office.lawyer):
        confirm_deadline(actor=office.lawyer, deadline=deadline, seen=DUE, now=now)


def texts(post: Post) -> dict[str, str]:
    return {mail["To"].addresses[0].addr_spec: mail.get_body().get_content() for mail in post.mails}  # type: ignore[union-attr]


def test_it_goes_up_from_one_working_day_to_the_next(office: Office, boss: User, desk: User, post: Post) -> None:
    waiting(office)
    expected = [[], [office.lawyer], [office.lawyer, boss], [office.lawyer, boss, desk]]
    every = [office.lawyer, boss, desk, office.outsider]
    for ahead, people in enumerate([*expected, every, [], [], every]):  # Monday to Monday
        whole_day(MONDAY + ahead * DAY)
        assert told(post) == emails(*people), ahead


def test_many_are_one_mail_that_names_numbers_and_dates_only(
    office: Office, boss: User, desk: User, post: Post
) -> None:
    for _each in range(3):
        waiting(office)
    for ahead in range(5):
        post.envelopes.clear()
        whole_day(MONDAY + ahead * DAY)
    found, number = texts(post), office.matter.number
    assert {str(mail["Subject"]) for mail in post.mails} == {"Entries nobody has confirmed: 3"}
    assert told(post) == emails(office.lawyer, boss, desk, office.outsider)
    line = f"{number}: Statutory deadline, Monday 1 March 2027"
    assert found[office.lawyer.email].count(line) == found[boss.email].count(line) == 3
    assert found[desk.email].count(f"{number}: Critical, Monday 1 March 2027") == 3
    assert "Statutory" not in found[desk.email]
    assert "3 critical entries have waited" in found[office.outsider.email]
    assert number not in found[office.outsider.email]
    for text in found.values():
        for name in ("Nordbau", "Berufung", "Karin", "Ida"):
            assert name not in text


def test_confirmed_it_stops_even_between_eight_and_the_mail(office: Office, boss: User, post: Post) -> None:
    first, second = waiting(office), waiting(office)
    eight = NOON + DAY - timedelta(hours=4)
    with time_machine.travel(eight, tick=False):
        jobs.run("deadlines.remind_daily", eight)
        jobs.run("deadlines.remind", eight)
        confirmed(office, first, eight)
    run(eight + 3 * MINUTE)
    assert texts(post)[office.lawyer.email].count(office.matter.number) == 1
    assert told(post) == emails(office.lawyer)
    confirmed(office, second, eight)
    whole_day(MONDAY + 2 * DAY)
    assert told(post) == []


def test_a_wall_raised_before_the_mail_keeps_the_entry_out(office: Office, boss: User, post: Post) -> None:
    waiting(office)
    eight = NOON + DAY - timedelta(hours=4)
    with time_machine.travel(eight, tick=False):
        jobs.run("deadlines.remind_daily", eight)
        jobs.run("deadlines.remind", eight)
    wall_off(office.matter, office.lawyer)
    run(eight + 3 * MINUTE)
    assert told(post) == []
    assert list(OutboxMessage.objects.values_list("kind", "reason")) == [("deadlines.unconfirmed", "settled")]


def test_a_day_with_a_step_of_the_ladder_has_no_other(office: Office, post: Post) -> None:
    entered(office, now=NOON, due_on=MONDAY + 8 * DAY)  # seven days before it is Tuesday
    whole_day(MONDAY + DAY)
    assert "is coming up" in texts(post)[office.lawyer.email]
    with access.as_system("test"):
        assert not Reminder.objects.filter(step__startswith="unconfirmed", level=0, due_at__date=MONDAY + DAY).exists()


@pytest.mark.parametrize("fields", [{"criticality": "normal"}, {"due_on": MONDAY + DAY}])
def test_what_is_not_critical_or_due_now_is_told_of_as_before(fields: dict[str, Any], office: Office) -> None:
    entered(office, now=NOON, **{"due_on": DUE, **fields})
    whole_day(MONDAY + DAY)
    with access.as_system("test"):
        assert not Reminder.objects.filter(step__startswith="unconfirmed").exists()


def test_the_detail_page_says_what_became_of_the_mail(office: Office, post: Post) -> None:
    deadline = waiting(office)
    whole_day(MONDAY + DAY)
    page = office.browser(office.lawyer).get(reverse("deadlines:detail", args=[deadline.public_id]))
    assert "Being sent" not in page.content.decode()
    with access.as_system("test"):
        assert not DocketEntry.objects.exists()
        assert outbox.send_due(NOON + DAY) == 0


def leaves(office: Office, now: datetime) -> None:
    """The reader, who sees the matter, takes over from its lawyer."""
    keeper = personas.user_for("administrator")
    with time_machine.travel(now, tick=False), access.as_user(keeper):
        staff.end_access(actor=keeper, user=office.lawyer, reason="left", successor=office.reader, now=now)


def lists_of(person: User) -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(kind="deadlines.unconfirmed", recipient_id=person.pk).order_by("dedupe")
    return list(rows.values_list("dedupe", "state"))


def test_a_successor_gets_no_list_of_days_gone_by(office: Office, post: Post) -> None:
    deadline = waiting(office)
    for ahead in range(4):  # Monday to Thursday
        whole_day(MONDAY + ahead * DAY)
    thursday = NOON + 3 * DAY + timedelta(hours=7)
    leaves(office, thursday)
    for minutes in (1, 5):
        run(thursday + minutes * MINUTE)
    assert lists_of(office.reader) == []
    whole_day(MONDAY + 4 * DAY)
    assert lists_of(office.reader) == [("2026-11-27", "sent")]
    page = office.browser(office.reader).get(reverse("deadlines:detail", args=[deadline.public_id]))
    assert "Being sent" not in page.content.decode()


def test_of_a_list_that_was_not_sent_a_successor_is_told_at_once(office: Office, post: Post) -> None:
    """In the mail about what came to them, and in no list of that day beside it."""
    waiting(office)
    for ahead in range(3):
        whole_day(MONDAY + ahead * DAY)
    eight = NOON + 3 * DAY - timedelta(hours=4)
    with time_machine.travel(eight, tick=False):
        jobs.run("deadlines.remind_daily", eight)
        jobs.run("deadlines.remind", eight)
    leaves(office, eight + MINUTE)
    post.envelopes.clear()
    for minutes in (2, 6, 60, 120):
        run(eight + minutes * MINUTE)
    assert naming(post, office.matter.number) == emails(office.reader)
    assert lists_of(office.reader) == []
    assert lists_of(office.lawyer)[-1] == ("2026-11-26", "cancelled")


@pytest.mark.parametrize(("start", "end", "count"), [(20, 23, 1), (20, 20, 0), (23, 27, 4), (1, 30, 7)])
def test_working_days_are_counted_up_to_today(start: int, end: int, count: int) -> None:
    assert ladder.working_days_since(date(2026, 11, start), date(2026, 11, end)) == count
