"""Kinds are held to their rules; a follow-up comes again exactly once each time it is done."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from deadlines import recurrence
from deadlines.actions import ending, entering, extending, kinds
from deadlines.models import Deadline, Series
from lawcrm import access
from matters.actions.closing import close_matter
from matters.actions.refused import Refused
from tests.deadlines.office import NOW, TODAY, Office, again, enter_url, entered, entry, typed

Kind, NORMAL = Deadline.Kind, Deadline.Criticality.NORMAL
WEEKLY = "FREQ=WEEKLY;INTERVAL=1"


@pytest.mark.parametrize(
    ("amount", "unit", "starts_on", "after", "expected"),
    [
        (2, "weeks", (2026, 11, 20), (2026, 11, 20), (2026, 12, 4)),
        (10, "days", (2026, 11, 20), (2026, 11, 25), (2026, 11, 30)),
        (1, "months", (2027, 1, 31), (2027, 1, 31), (2027, 2, 28)),
        (1, "months", (2027, 1, 31), (2027, 2, 28), (2027, 3, 31)),
        (1, "months", (2028, 1, 30), (2028, 1, 30), (2028, 2, 29)),
        (3, "months", (2026, 11, 15), (2027, 6, 1), (2027, 8, 15)),
    ],
)
def test_when_it_comes_again(amount: int, unit: str, starts_on: Any, after: Any, expected: Any) -> None:
    rule = recurrence.rule_of(amount, unit, date(*starts_on))
    assert recurrence.next_after(rule, date(*starts_on), date(*after)) == date(*expected)
    assert recurrence.parts_of(rule) == (amount, unit, None)


def test_it_ends_with_its_last_day() -> None:
    rule = recurrence.rule_of(1, "weeks", date(2026, 11, 20), date(2026, 12, 4))
    assert recurrence.next_after(rule, date(2026, 11, 20), date(2026, 11, 27)) == date(2026, 12, 4)
    assert recurrence.next_after(rule, date(2026, 11, 20), date(2026, 12, 4)) is None


@pytest.mark.parametrize(
    "rule", ["", "FREQ=HOURLY;INTERVAL=1", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=366", f"{WEEKLY};COUNT=2"]
)
def test_what_is_no_rule_here(rule: str) -> None:
    with pytest.raises(recurrence.NotARule):
        recurrence.parts_of(rule)


KINDS: list[tuple[dict[str, Any], type[Refused]]] = [
    ({"kind": Kind.COURT_FIXED, "rule_code": "de.zpo.517"}, kinds.NotByRule),
    ({"kind": Kind.APPOINTMENT, "rule_code": "de.zpo.517", "due_time": time(9)}, kinds.NotByRule),
    ({"kind": Kind.FOLLOW_UP}, kinds.FollowUpNotCritical),
    ({"kind": Kind.LIMITATION, "criticality": NORMAL}, kinds.LimitationCritical),
    ({"kind": Kind.APPOINTMENT}, kinds.WithoutHour),
    ({"repeat": WEEKLY}, kinds.NotRecurring),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("fields", "refusal"), KINDS)
def test_each_kind_is_held_to_its_rules(office: Office, fields: dict[str, Any], refusal: type[Refused]) -> None:
    with access.as_user(office.assistant), pytest.raises(refusal):
        entering.enter_deadline(actor=office.assistant, entry=entry(office, **fields), now=NOW)


@pytest.mark.django_db
def test_a_court_extends_deadlines_only(office: Office) -> None:
    meeting = entered(office, kind=Kind.APPOINTMENT, due_time=time(9))
    with access.as_user(office.assistant), pytest.raises(kinds.NotExtendable):
        extending.ask_extension(
            actor=office.assistant,
            deadline=meeting,
            seen=meeting.due,
            until_on=TODAY + timedelta(days=7),
            reason="x",
            now=NOW,
        )


def follow_up(office: Office, rule: str = WEEKLY, **fields: Any) -> Deadline:
    given = {"kind": Kind.FOLLOW_UP, "criticality": NORMAL, "title": "Ask the expert", "repeat": rule}
    return entered(office, **{**given, **fields})


def do(office: Office, deadline: Deadline, now: datetime = NOW) -> None:
    with access.as_user(office.lawyer):
        ending.mark_done(actor=office.lawyer, deadline=deadline, seen=deadline.due_on, reason="asked", now=now)


def book(office: Office) -> list[tuple[str, str]]:
    with access.as_system("test"):
        rows = Deadline.objects.filter(matter=office.matter).order_by("due_on", "pk")
        return [(row.due_on.isoformat(), row.state) for row in rows]


@pytest.mark.django_db
def test_doing_one_makes_the_next_with_its_reminders(office: Office) -> None:
    first = follow_up(office, deputy=office.assistant)
    with access.as_user(office.lawyer):
        entering.confirm_deadline(actor=office.lawyer, deadline=first, seen=TODAY, now=NOW)
    do(office, first)
    assert book(office) == [("2026-11-20", "done"), ("2026-11-27", "open")]
    with access.as_system("test"):
        following = Deadline.objects.get(state="open")
        same = ("title", "kind", "assignee_id", "deputy_id", "entered_by_id", "confirmed_by_id", "series_id")
        assert [getattr(following, name) for name in same] == [getattr(again(first), name) for name in same]
        assert following.reminders.count() == 8


@pytest.mark.django_db
def test_what_was_missed_is_not_made_up_for(office: Office) -> None:
    do(office, follow_up(office), NOW + timedelta(days=17))
    assert book(office) == [("2026-11-20", "done"), ("2026-12-11", "open")]


@pytest.mark.django_db
def test_it_moves_off_the_days_on_which_the_office_is_closed(office: Office, settings: Any) -> None:
    settings.OFFICE_CALENDAR = "dk"
    christmas = follow_up(office, due_on=date(2026, 12, 25))
    assert christmas.due_on == date(2026, 12, 28)
    do(office, christmas, datetime(2026, 12, 22, 10, tzinfo=UTC))
    assert book(office) == [("2026-12-28", "done"), ("2027-01-04", "open")]  # New Year's Day is a Friday
    with access.as_system("test"):
        do(office, Deadline.objects.get(state="open"), datetime(2027, 1, 4, 10, tzinfo=UTC))
    assert book(office)[-1] == ("2027-01-08", "open")


@pytest.mark.django_db
def test_striking_one_ends_the_series(office: Office) -> None:
    first = follow_up(office)
    with access.as_user(office.lawyer):
        ending.strike_deadline(actor=office.lawyer, deadline=first, seen=TODAY, reason="settled", now=NOW)
    assert book(office) == [("2026-11-20", "struck")]
    with access.as_system("test"):
        assert Series.objects.get().ended_at == NOW


@pytest.mark.django_db
def test_closing_the_matter_ends_the_series(office: Office) -> None:
    follow_up(office)
    with access.as_user(office.lawyer):
        close_matter(actor=office.lawyer, matter=office.matter, reason="settled", closed_on=TODAY, now=NOW)
    assert book(office) == [("2026-11-20", "struck")]
    with access.as_system("test"):
        assert Series.objects.get().ended_at is not None


@pytest.mark.django_db(transaction=True)
def test_eight_people_at_once_make_one_next() -> None:
    from tests.deadlines.office import open_office

    office = open_office()
    first, refused, barrier = follow_up(office), [], threading.Barrier(8)

    def go() -> None:
        barrier.wait()
        try:
            do(office, first)
        except Refused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    crowd = [threading.Thread(target=go) for _ in range(8)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert (len(refused), book(office)) == (7, [("2026-11-20", "done"), ("2026-11-27", "open")])


@pytest.mark.django_db
def test_the_page_enters_one_and_says_how_often(office: Office) -> None:
    browser = office.browser(office.assistant)
    given = {"kind": "follow_up", "criticality": "normal", "repeat_unit": "weeks", "repeat_every": "2"}
    assert browser.post(enter_url(office.matter), typed(office, **given)).status_code == 302
    with access.as_system("test"):
        made = Deadline.objects.get()
    page = browser.get(reverse("deadlines:detail", args=[made.public_id])).content.decode()
    assert "every 2 weeks" in page
    assert "kind-follow_up" in page
    answer = browser.post(enter_url(office.matter), typed(office, repeat_unit="weeks", repeat_every="2"))
    assert (answer.status_code, "Only a follow-up comes again." in answer.content.decode()) == (422, True)
