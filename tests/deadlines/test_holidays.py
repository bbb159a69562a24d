"""The book's calendars: filled from the library, corrected by the firm, and an end beyond which nothing is guessed."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clients.models import Court
from deadlines.actions import holidays
from deadlines.engine import CannotCompute, published
from deadlines.models import HolidayCalendar, HolidayDay, OwnHoliday
from deadlines.queries import calendars, computing
from lawcrm import access, audit, jobs
from lawcrm.models import JournalEntry
from tests import factories, personas
from tests.deadlines.office import NOW, Office, enter_url, fresh, typed

pytestmark = pytest.mark.django_db
APPEAL = "de.zpo.517"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def keeper() -> Client:
    return personas.signed_in(personas.user_for("docket desk"))


def sent(**fields: str) -> dict[str, str]:
    standard = {
        "day": "30.11.2026",
        "how": "closed",
        "kind": "court",
        "name": "Court moves",
        "reason": "Notice 7/26",
    }
    return {**standard, **fields}


def say(client: Client, code: str = "de-nw", **fields: str) -> Any:
    return client.post(reverse("deadlines:calendar", args=[code]), sent(**fields))


def sit(office: Office, country: str, part: str = "") -> None:
    """The matter's court has that seat."""
    court = factories.contact("Landgericht", kind="organisation", is_directory=True, directory_reason="court")
    with access.as_system("test"):
        seat = Court.objects.create(contact=court, country=country, subdivision=part, seat="Seat")
        audit.update(type(office.matter).objects.filter(pk=office.matter.pk), court=seat)


def due(office: Office, trigger: date, code: str = APPEAL) -> computing.Computed:
    with access.as_user(office.lawyer):
        return computing.computed(fresh(office.matter), code, trigger)


@pytest.mark.parametrize("code", published.CODES)
def test_the_table_says_what_the_library_says(code: str) -> None:
    known, made = calendars.Book().get(code), published.calendar(code)
    assert (known.first, known.last) == (made.first, made.last)
    assert {day: name[:200] for day, name in made.closed.items()} == known.closed
    assert {day: name[:200] for day, name in made.half_days.items()} == known.half_days


def test_days_are_of_their_kinds() -> None:
    days = {
        ("de-nw", date(2026, 12, 25)): "public",
        ("dk", date(2026, 12, 24)): "special",
        ("eu-cj", date(2026, 12, 28)): "court",
        ("tr", date(2026, 10, 28)): "half_day",
    }
    for (code, day), kind in days.items():
        assert HolidayDay.objects.get(calendar__code=code, day=day).kind == kind


def test_filling_again_changes_nothing_and_mends_what_differs() -> None:
    with access.as_system("test"):
        assert holidays.fill(now=NOW) == []
        row = HolidayCalendar.objects.get(code="de-nw")
        HolidayDay.objects.filter(calendar=row, day=date(2026, 12, 25)).delete()
        HolidayDay.objects.create(calendar=row, day=date(2026, 11, 30), kind="public", name="No such day")
        row.made_from = "another library"
        row.save()
        assert holidays.fill(now=NOW) == ["de-nw"]
        assert calendars.Book().get("de-nw").closed == published.calendar("de-nw").closed
    assert jobs.run("deadlines.fill_calendars", NOW) == "done"


def test_a_calendar_is_read_in_few_queries(django_assert_num_queries: Any) -> None:
    calendars.Book().get("de-nw")
    book = calendars.Book()
    with django_assert_num_queries(2):  # its row and the firm's own days
        for _time in range(3):
            book.get("de-nw")


def test_a_day_the_firm_adds_moves_the_date_and_stands_in_the_arithmetic(office: Office, keeper: Client) -> None:
    sit(office, "DE", "DE-NW")
    assert due(office, date(2026, 10, 30)).due_on == date(2026, 11, 30)
    assert say(keeper).status_code == 302
    found = due(office, date(2026, 10, 30))
    assert found.due_on == date(2026, 12, 1)
    assert any("Court moves (entered by the firm)" in line["right"] for line in found.trace)
    with access.as_system("test"):
        event = JournalEntry.objects.get(kind="holiday.entered")
    assert (event.reason, event.payload["facts"]) == (
        "Notice 7/26",
        {"calendar": "de-nw", "day": "2026-11-30", "how": "closed"},
    )


def test_a_day_open_after_all_counts_until_it_is_withdrawn(office: Office, keeper: Client) -> None:
    sit(office, "DE", "DE-NW")
    assert due(office, date(2026, 11, 25)).due_on == date(2026, 12, 28)
    assert say(keeper, day="25.12.2026", how="open", name="Court sits").status_code == 302
    assert due(office, date(2026, 11, 25)).due_on == date(2026, 12, 25)
    own = OwnHoliday.objects.get()
    url = reverse("deadlines:withdraw_holiday", args=[own.public_id])
    assert keeper.post(url, {"reason": ""}).status_code == 422
    assert keeper.post(url, {"reason": "a mistake"}).status_code == 302
    assert due(office, date(2026, 11, 25)).due_on == date(2026, 12, 28)
    own.refresh_from_db()
    assert (own.withdrawn_reason, own.withdrawn_at, keeper.post(url, {"reason": "x"}).status_code) == (
        "a mistake",
        NOW,
        404,
    )


def test_a_half_day_moves_nothing_and_stands_in_the_arithmetic(office: Office, keeper: Client) -> None:
    sit(office, "DE", "DE-NW")
    assert say(keeper, how="half", name="Shrove Monday").status_code == 302
    own = OwnHoliday.objects.get()
    assert (own.is_closed, own.kind) == (False, "half_day")
    found = due(office, date(2026, 10, 30))
    words = "2026-11-30 is a half day (Shrove Monday (entered by the firm)): see until when the court is open."
    assert (found.due_on, words in found.notices) == (date(2026, 11, 30), True)
    assert words in " ".join(line["right"] for line in found.trace)
    page = keeper.get(reverse("deadlines:calendar", args=["de-nw"]) + "?year=2026").text
    assert ("Shrove Monday" in page, "Half day" in page) == (True, True)


def test_a_holiday_the_firm_makes_a_half_day_counts_as_open(office: Office, keeper: Client) -> None:
    sit(office, "DE", "DE-NW")
    assert say(keeper, day="25.12.2026", how="half", name="Until noon").status_code == 302
    assert due(office, date(2026, 11, 25)).due_on == date(2026, 12, 25)


def test_a_half_day_of_the_law_may_be_open_after_all(keeper: Client) -> None:
    """28 October, before the day of the Republic: Law 2429 art. 1."""
    calendar = calendars.Book().get("tr")
    assert date(2026, 10, 28) in calendar.half_days
    assert say(keeper, "tr", day="28.10.2026", how="half").status_code == 422
    assert say(keeper, "tr", day="28.10.2026", how="open", name="Court sits").status_code == 302
    after = calendars.Book().get("tr")
    assert (date(2026, 10, 28) in after.half_days, after.short_days) == (False, {})


@pytest.mark.parametrize("kind", ["public", "special", "court", "own"])
def test_a_closed_day_has_the_kind_the_firm_says(keeper: Client, kind: str) -> None:
    assert say(keeper, kind=kind).status_code == 302
    own = OwnHoliday.objects.get()
    assert (own.kind, own.is_closed) == (kind, True)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"day": "25.12.2026"}, "The calendar says so already."),
        ({"how": "open"}, "The calendar says so already."),
        ({"day": "1.1.2060"}, "This calendar is known from"),
        ({"day": "31.2.2026"}, "There is no such date"),
        ({"reason": " "}, "This field is required"),
        ({"kind": "half_day"}, "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_answered_in_words(keeper: Client, fields: dict[str, str], words: str) -> None:
    page = say(keeper, **fields)
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert OwnHoliday.objects.count() == 0


def test_who_does_not_keep_the_calendars_looks_only(office: Office) -> None:
    page = office.browser(office.assistant).get(reverse("deadlines:calendar", args=["de-nw"]))
    assert (page.status_code, "A day the calendar has wrong" in page.content.decode()) == (200, False)
    assert say(office.browser(office.assistant)).status_code == 403
    assert OwnHoliday.objects.count() == 0
    with access.as_user(office.assistant), pytest.raises(holidays.NotTheKeeper):
        holidays.enter_holiday(
            actor=office.assistant,
            calendar=HolidayCalendar.objects.get(code="de-nw"),
            day=date(2026, 11, 30),
            how=holidays.How.CLOSED,
            kind="own",
            name="x",
            reason="x",
            now=NOW,
        )
    with access.as_system("test"):
        assert JournalEntry.objects.filter(kind="holiday.entered_refused").exists()


def test_nothing_is_computed_beyond_the_calendar(office: Office) -> None:
    sit(office, "TR")
    with access.as_system("test"):
        HolidayCalendar.objects.filter(code="tr").update(last_on=date(2026, 12, 31))
    with pytest.raises(CannotCompute, match="known from 1975-01-01 to 2026-12-31"):
        due(office, date(2026, 12, 30), "tr.hmk.345")


@pytest.mark.parametrize(
    ("country", "part", "words"),
    [("", "", "has no seat in the directory"), ("FR", "FR-75", r"no calendar for the court's seat \(FR-75\)")],
)
def test_a_court_without_a_seat_or_a_calendar_is_refused(office: Office, country: str, part: str, words: str) -> None:
    sit(office, country, part)
    with pytest.raises(CannotCompute, match=words):
        due(office, date(2026, 10, 30))
    page = office.browser(office.assistant).post(
        enter_url(office.matter), typed(office, due_on="", rule=APPEAL, trigger_on="30.10.2026")
    )
    assert (page.status_code, "rule" in page.context["form"].errors) == (422, True)


def test_a_court_whose_state_is_not_known_counts_the_country_s_days_and_says_so(office: Office) -> None:
    sit(office, "DE")
    found = due(office, date(2026, 10, 30))
    assert (found.due_on, "the whole country" in " ".join(found.notices)) == (date(2026, 11, 30), True)
    assert "the whole country" in " ".join(line["right"] for line in found.trace)


def test_the_law_of_the_union_s_court_keeps_its_own_calendar(office: Office) -> None:
    """Of a German matter, whose court sits in Cologne: Art. 24(6) RP CJ, not the holidays of the Land."""
    rule = next(rule for rule in computing.Ground().computable if rule.profile == "eu-cj")
    before = due(office, date(2026, 10, 30), rule.code).due_on
    sit(office, "DE", "DE-NW")
    assert due(office, date(2026, 10, 30), rule.code).due_on == before


@pytest.mark.parametrize(
    ("country", "part", "code", "trigger", "expected"),
    [
        # Midsummer Eve, Good Friday and Constitution Day close courts, and are not on the states' lists for the Union.
        ("SE", "", "eu.gdpr.12", date(2026, 5, 19), date(2026, 6, 19)),
        ("AT", "", "eu.gdpr.12", date(2026, 3, 3), date(2026, 4, 3)),
        ("DK", "", "eu.gdpr.12", date(2026, 5, 5), date(2026, 6, 5)),
        ("TR", "", "eu.gdpr.12", date(2026, 4, 23), date(2026, 5, 25)),
        ("TR", "", "eu.gdpr.12", date(2026, 3, 23), date(2026, 4, 23)),
        ("DE", "DE-BY", "eu.gdpr.12", date(2025, 12, 6), date(2026, 1, 7)),
        # Epiphany closes no office in Munich that the Convention or the trade mark regulation knows of.
        ("DE", "DE-BY", "eu.epc.99", date(2025, 4, 6), date(2026, 1, 6)),
        ("DE", "DE-BY", "eu.eutmr.68", date(2025, 11, 6), date(2026, 1, 6)),
        # § 33(2) AVG knows Christmas Eve, § 126(2) ZPO does not.
        ("AT", "", "at.vwgvg.7", date(2026, 11, 26), date(2026, 12, 28)),
        ("AT", "", "at.zpo.230", date(2026, 11, 26), date(2026, 12, 24)),
    ],
)
def test_the_law_of_the_rule_decides_which_days_of_the_seat_count(  # noqa: PLR0917
    office: Office, country: str, part: str, code: str, trigger: date, expected: date
) -> None:
    sit(office, country, part)
    assert due(office, trigger, code).due_on == expected


def test_the_pages_show_days_and_how_far_they_reach(keeper: Client, django_assert_num_queries: Any) -> None:
    say(keeper)
    page = keeper.get(reverse("deadlines:calendar", args=["de-nw"]) + "?year=2026").content.decode()
    for words in ("Court moves", "added by the firm", "Notice 7/26", "All Saints", "Withdraw"):
        assert words in page, words
    assert keeper.get(reverse("deadlines:calendar", args=["de-nw"]) + "?year=nonsense").status_code == 200
    assert keeper.get(reverse("deadlines:calendar", args=["xx"])).status_code == 404
    assert "de-nw" in keeper.get(reverse("deadlines:calendars")).content.decode()
