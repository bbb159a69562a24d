"""The book as a month and a week, and the matters in which nothing is open."""

from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deadlines.actions import ending
from deadlines.models import Deadline, Task
from deadlines.queries import calendar
from lawcrm import access, audit
from tests import factories
from tests.deadlines.office import NOW, TODAY, Office, entered, proposed, wall_off, work_on

pytestmark = pytest.mark.django_db
MONTH, WEEK, QUIET = (reverse(f"deadlines:{name}") for name in ("month", "week", "nothing_open"))


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("day", "first", "count"),
    [
        (date(2026, 11, 20), date(2026, 10, 26), 42),
        (date(2027, 2, 28), date(2027, 2, 1), 28),
        (date(2028, 2, 29), date(2028, 1, 31), 35),
        (date(2026, 12, 31), date(2026, 11, 30), 35),
    ],
)
def test_a_month_is_drawn_in_whole_weeks(day: date, first: date, count: int) -> None:
    assert calendar.month_of(day) == (first, count)


@pytest.mark.parametrize("url", [MONTH, WEEK])
def test_a_day_shows_what_is_due_and_what_was_done_but_not_what_was_struck(office: Office, url: str) -> None:
    entered(office, title="Berufung")
    done, struck = entered(office, title="Replik"), entered(office, title="Verklagt")
    with access.as_user(office.lawyer):
        ending.strike_deadline(actor=office.lawyer, deadline=struck, seen=TODAY, reason="settled", now=NOW)
        ending.mark_done(actor=office.lawyer, deadline=done, seen=TODAY, reason="filed", receipt="14:02", now=NOW)
    page = text(office.browser(office.lawyer).get(url))
    assert ("Berufung" in page, "Replik" in page, "Verklagt" in page) == (True, True, False)
    assert "2 entries you may see" in page


def test_a_full_day_shows_the_first_by_time_and_says_how_many_others_there_are(office: Office) -> None:
    for number in range(5):
        entered(office, title=f"Untimed {number}")
    entered(office, title="Hearing", kind=Deadline.Kind.APPOINTMENT, due_time=time(9))
    page = office.browser(office.lawyer).get(MONTH)
    (today,) = [day for day in page.context["days"] if day.on == TODAY]
    assert ([row.title for row in today.rows], today.more) == (["Hearing", "Untimed 0", "Untimed 1"], 3)
    assert "3 more" in text(page)


@pytest.mark.parametrize("url", [MONTH, WEEK])
def test_what_may_be_due_earlier_stands_on_both_days(office: Office, url: str) -> None:
    """Reminders go by the earlier until somebody has decided; what would be due later is no hurry."""
    tuesday, wednesday, thursday = (TODAY - timedelta(days=ahead) for ahead in (3, 2, 1))
    proposed(entered(office, title="Earlier", due_on=thursday), tuesday)
    proposed(entered(office, title="Later", due_on=tuesday), thursday)
    done = proposed(entered(office, title="Settled", due_on=thursday), tuesday)
    with access.as_user(office.lawyer):
        ending.strike_deadline(actor=office.lawyer, deadline=done, seen=thursday, reason="settled", now=NOW)
    page = office.browser(office.lawyer).get(url)
    days = {
        day.on: ([row.title for row in day.proposed], [row.title for row in day.rows]) for day in page.context["days"]
    }
    assert (days[tuesday], days[wednesday], days[thursday]) == ((["Earlier"], ["Later"]), ([], []), ([], ["Earlier"]))
    assert "proposed; in the book Thu 19 Nov" in text(page)
    assert page.context["count"] == 2


def test_what_may_be_due_comes_first_and_is_counted_where_a_day_is_full(office: Office) -> None:
    for number in range(3):
        entered(office, title=f"Due {number}")
        proposed(entered(office, title=f"Proposed {number}", due_on=TODAY + timedelta(days=40)), TODAY)
    proposed(entered(office, title="Proposed 3", due_on=TODAY + timedelta(days=40)), TODAY)
    page = office.browser(office.lawyer).get(MONTH)
    (today,) = [day for day in page.context["days"] if day.on == TODAY]
    assert [row.title for row in today.proposed] == ["Proposed 0", "Proposed 1", "Proposed 2"]
    assert (today.rows, today.count, today.more) == ([], 3, 4)
    page = office.browser(office.lawyer).get(WEEK)
    (today,) = [day for day in page.context["days"] if day.on == TODAY]
    assert (len(today.proposed), len(today.rows), today.count, today.more) == (4, 3, 3, 0)


@pytest.mark.parametrize("url", [MONTH, WEEK, QUIET])
def test_the_queries_do_not_grow_with_the_rows(office: Office, url: str) -> None:
    counts = []
    for number in range(2):
        for ahead in range(4 * number + 1):
            proposed(entered(office, due_on=TODAY + timedelta(days=ahead)), TODAY - timedelta(days=ahead + 1))
            factories.grant(factories.matter(f"Quiet {number}.{ahead}", responsible=office.lawyer), office.lawyer)
        browser = office.browser(office.lawyer)
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_mine_are_those_i_answer_for_as_deputy_too(office: Office) -> None:
    entered(office, title="Karins", assignee=office.lawyer)
    entered(office, title="Idas", assignee=office.assistant)
    entered(office, title="Both", assignee=office.assistant, deputy=office.lawyer)
    page = text(office.browser(office.lawyer).get(WEEK, {"who": "mine"}))
    assert ("Karins" in page, "Idas" in page, "Both" in page) == (True, False, True)


@pytest.mark.parametrize("url", [MONTH, WEEK, QUIET])
def test_hidden_matters_add_nothing(office: Office, url: str) -> None:
    proposed(entered(office, due_on=TODAY + timedelta(days=1)), TODAY)
    quiet = factories.matter("Quiet ./. Nordbau", responsible=office.lawyer)
    for person in (office.assistant, office.lawyer):
        work_on(quiet, person)
    wall_off(office.matter, office.assistant)
    wall_off(quiet, office.assistant)
    for person in (office.assistant, office.outsider):
        page = office.browser(person).get(url)
        assert "Nordbau" not in text(page)
        assert not page.context["rows" if url == QUIET else "count"]
        assert url == QUIET or not any(day.proposed for day in page.context["days"])


@pytest.mark.parametrize("on", ["", "nonsense", "2026-02-30", "0001-01-01", "9999-12-31", "2026-11-20\0"])
def test_any_day_in_the_address_is_answered(office: Office, on: str) -> None:
    for url in (MONTH, WEEK):
        page = office.browser(office.lawyer).get(url, {"on": on, "who": "ü"})
        assert page.status_code == 200
        for neighbour in ("earlier_url", "later_url"):
            assert office.browser(office.lawyer).get(page.context[neighbour]).status_code == 200


def test_earlier_and_later_lead_through_every_month(office: Office) -> None:
    browser, url, seen = office.browser(office.lawyer), f"{MONTH}?on=2026-01-31", []
    for _step in range(13):
        page = browser.get(url)
        seen.append(page.context["title"])
        url = page.context["later_url"]
    assert seen[:3] == ["January 2026", "February 2026", "March 2026"]
    assert (len(set(seen)), seen[-1]) == (13, "January 2027")


def test_a_matter_is_quiet_until_something_will_come_up(office: Office) -> None:
    browser = office.browser(office.lawyer)

    def quiet() -> list[str]:
        return [matter.number for matter in browser.get(QUIET).context["rows"]]

    assert quiet() == [office.matter.number]
    deadline = entered(office)
    assert quiet() == []
    with access.as_user(office.lawyer):
        ending.mark_done(actor=office.lawyer, deadline=deadline, seen=TODAY, reason="filed", receipt="14:02", now=NOW)
    assert quiet() == [office.matter.number]
    with access.as_system("test"):
        Task.objects.create(matter=office.matter, title="Call", assignee=office.lawyer, created_by=office.lawyer)
    assert quiet() == []
    with access.as_system("test"), transaction.atomic():
        audit.update(Task.objects.all(), done_at=NOW, done_by=office.lawyer)
        audit.update(type(office.matter).objects.filter(pk=office.matter.pk), state="closed", closed_on=TODAY)
    assert quiet() == []


def test_an_empty_book_says_so(office: Office) -> None:
    browser = office.browser(office.outsider)
    assert "Nothing forgotten" in text(browser.get(QUIET))
    assert "Nothing" in text(browser.get(WEEK))
