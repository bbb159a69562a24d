"""Reminders and waiting go by the holidays of the office, else of the court, else by weekends alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.models import Court
from deadlines import ladder
from deadlines.actions import escalating, reminding
from deadlines.engine.calendars import Calendar
from deadlines.engine.published import calendar
from deadlines.models import Deadline, Reminder
from deadlines.queries.working_days import Known, WorkingDays
from lawcrm import access
from tests import factories
from tests.deadlines.office import Office, entered, fresh, steps

DANISH = Known(calendar("dk"))
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
HOUR = timedelta(hours=1)


def plain(due_on: date, **fields: str) -> Deadline:
    return Deadline(due_on=due_on, time_zone="Europe/Copenhagen", criticality="critical", **fields)


def test_steps_go_back_over_holidays() -> None:
    """Tuesday after Easter 2027, which is 28 March: Maundy Thursday to Easter Monday are closed in Denmark."""
    found = ladder.steps(plain(date(2027, 3, 30)), DANISH)
    assert [f"{step.name} {step.at:%Y-%m-%d}" for step in found] == [
        "14d 2027-03-16",
        "7d 2027-03-23",
        "1d 2027-03-24",
        "0d 2027-03-30",
        "0d-pm 2027-03-30",
    ]


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ((2026, 12, 26), (2026, 12, 23), (2026, 12, 28)),  # Christmas, which begins on the 24th
        ((2026, 12, 31), (2026, 12, 30), (2027, 1, 4)),  # New Year's Eve, then a Friday holiday
        ((2026, 5, 14), (2026, 5, 13), (2026, 5, 15)),  # Ascension
        ((2026, 11, 20), (2026, 11, 20), (2026, 11, 20)),
    ],
)
def test_the_working_day_before_and_after(
    day: tuple[int, int, int], before: tuple[int, int, int], after: tuple[int, int, int]
) -> None:
    assert ladder.working_day(date(*day), DANISH) == date(*before)
    assert ladder.next_working_day(date(*day), DANISH) == date(*after)


def test_waiting_stands_still_on_holidays() -> None:
    """Four hours from 16:00 on 23 December end at 11:00 on the 28th."""
    start = datetime(2026, 12, 23, 16, tzinfo=COPENHAGEN)
    ends = ladder.after_working_hours(start, 4 * HOUR, COPENHAGEN, DANISH)
    assert f"{ends:%Y-%m-%d %H:%M}" == "2026-12-28 11:00"
    on_the_day = ladder.after_working_hours(datetime(2026, 12, 25, 10, tzinfo=COPENHAGEN), HOUR, COPENHAGEN, DANISH)
    assert f"{on_the_day:%Y-%m-%d %H:%M}" == "2026-12-28 09:00"


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)), st.sampled_from(["statutory", "limitation"]))
def test_no_step_lies_on_a_closed_day_or_after_its_own(due_on: date, kind: str) -> None:
    found = ladder.steps(plain(due_on, kind=kind), DANISH)
    assert all(DANISH.is_open(step.at.date()) and step.at.date() <= due_on for step in found)


def test_beyond_what_a_calendar_covers_weekends_count() -> None:
    assert not DANISH.is_open(date(2050, 12, 26))
    assert DANISH.is_open(date(2051, 12, 26))  # a Tuesday
    assert not DANISH.is_open(date(2051, 12, 30))


def days_of(office: Office, day: date) -> bool:
    with access.as_system("test"):
        return WorkingDays().of(office.matter).is_open(day)


GERMAN_UNITY, WOMENS_DAY, CONSTITUTION_DAY = date(2028, 10, 3), date(2027, 3, 8), date(2026, 6, 5)


@pytest.mark.django_db
def test_the_office_counts_before_the_court(office: Office, settings: Any) -> None:
    assert days_of(office, WOMENS_DAY)
    contact = factories.contact("Landgericht Berlin")
    with access.as_system("test"):
        office.matter.court = Court.objects.create(contact=contact, country="DE", subdivision="DE-BE", seat="Berlin")
        office.matter.save()
    office.matter = fresh(office.matter)
    assert not days_of(office, WOMENS_DAY)  # a holiday in Berlin only
    settings.OFFICE_CALENDAR = "dk"
    assert days_of(office, WOMENS_DAY)
    assert not days_of(office, CONSTITUTION_DAY)
    settings.OFFICE_CALENDAR = "nowhere"
    assert not days_of(office, GERMAN_UNITY)


class OwnTable:
    """Another source of calendars, as a firm's own table is."""

    def get(self, code: str) -> Calendar:
        day = date(2026, 11, 18)
        return Calendar(code, {day: "outing of the firm"}, date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.django_db
def test_calendars_come_from_any_source(office: Office, settings: Any) -> None:
    settings.OFFICE_CALENDAR = "dk"
    assert not WorkingDays(OwnTable()).of(office.matter).is_open(date(2026, 11, 18))


@pytest.mark.django_db
def test_reminders_and_escalation_skip_the_holidays(office: Office, settings: Any) -> None:
    settings.OFFICE_CALENDAR = "dk"
    deadline = entered(office, due_on=date(2026, 12, 28), criticality=Deadline.Criticality.NORMAL)
    assert [at for _step, at, _state in steps(deadline)] == [
        "2026-12-21 07:00",
        "2026-12-23 07:00",
        "2026-12-28 07:00",
    ]
    late = datetime(2026, 12, 24, 12, tzinfo=UTC)
    with access.as_system("test"):
        reminding.hand_over(now=late)
        row = Reminder.objects.get(step="1d.1")
        row.deadline.criticality = Deadline.Criticality.CRITICAL
        assert escalating.next_at(row.deadline, row, late, WorkingDays().of(office.matter)) == datetime(
            2026, 12, 28, 11, tzinfo=UTC
        )
