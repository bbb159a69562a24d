"""What must hold for every period, found by search: nothing ends on a day of rest, nothing is guessed."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.engine import CannotCompute, Direction, Period, Unit, compute, published
from deadlines.engine.errors import BadPeriod, BeyondHorizon, UnknownProfile
from deadlines.engine.recess import austrian, swiss

DAYS = st.dates(date(1980, 1, 1), date(2030, 12, 31))
# Made here once: a single example may need those of all Länder.
CALENDARS = st.sampled_from([published.calendar(code).code for code in sorted(published.CODES)])
UNITS = st.sampled_from([Unit.DAYS, Unit.WEEKS, Unit.MONTHS])
WAYS = st.sampled_from(list(Direction))
AMOUNTS = st.integers(1, 20)


@given(DAYS, st.integers(1, 200), WAYS)
def test_weeks_end_on_the_weekday_they_began_on(day: date, amount: int, way: Direction) -> None:
    assert compute("noroll", day, Period(amount, Unit.WEEKS, way)).due.weekday() == day.weekday()  # type: ignore[union-attr]


@given(DAYS, st.integers(1, 200), WAYS)
def test_months_end_on_their_number_or_the_last_day(day: date, amount: int, way: Direction) -> None:
    due = compute("noroll", day, Period(amount, Unit.MONTHS, way)).due
    assert (due.year - day.year) * 12 + due.month - day.month == way.sign * amount
    assert due.day == day.day or (due.day < day.day and (due + timedelta(days=1)).day == 1)


@given(DAYS, AMOUNTS, UNITS, WAYS, CALENDARS)
def test_a_moved_date_is_a_working_day_and_every_passed_day_is_named(
    day: date, amount: int, unit: Unit, way: Direction, code: str
) -> None:
    result = compute(f"roll:{code}", day, Period(amount, unit, way))
    unmoved = compute("noroll", day, Period(amount, unit, way)).due
    calendar = published.calendar(code)
    assert calendar.is_open(result.due)
    assert way.sign * (result.due - unmoved).days >= 0
    (moved,) = [line.text for line in result.trace if line.step == "roll"]
    for step in range(abs((result.due - unmoved).days)):
        passed = unmoved + way.sign * timedelta(days=step)
        assert f"{passed} {calendar.why_closed(passed)}" in moved


@given(DAYS, AMOUNTS, WAYS, CALENDARS)
def test_working_days_are_counted_one_by_one(day: date, amount: int, way: Direction, code: str) -> None:
    due = compute(f"roll:{code}", day, Period(amount, Unit.WORKING_DAYS, way)).due
    calendar = published.calendar(code)
    between = [day + way.sign * timedelta(days=n) for n in range(1, abs((due - day).days) + 1)]
    assert sum(calendar.is_open(each) for each in between) == amount
    assert between[-1] == due
    assert calendar.is_open(due)


@given(DAYS, AMOUNTS, UNITS, st.sampled_from(["tr-hmk", "tr-hmk-7sep", "tr-iyuk", "tr-cmk", "tr-enotice"]))
def test_nothing_ends_in_the_turkish_recess_by_counting(day: date, amount: int, unit: Unit, profile: str) -> None:
    result = compute(profile, day, Period(amount, unit))
    at = (result.due.month, result.due.day)
    # Only what is moved there from 19 July, a day of rest, ends in it; that is the open question.
    assert not (7, 24) <= at <= (8, 31)
    assert result.due_safe <= result.due <= result.due_latest


@given(DAYS, AMOUNTS)
def test_suspended_days_are_not_counted(day: date, amount: int) -> None:
    due = compute("at-222", day, Period(amount, Unit.DAYS)).due
    assert not austrian(due) or not published.calendar("at").is_open(due - timedelta(days=1))
    counted = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert sum(not austrian(each) for each in counted) >= amount
    swiss_due = compute("ch-145:ch-zh", day, Period(amount, Unit.DAYS)).due
    assert sum(not swiss(day + timedelta(days=n)) for n in range(1, (swiss_due - day).days + 1)) >= amount


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)), st.integers(1, 2000))  # noqa: DTZ001
def test_hours_are_elapsed_hours(start: datetime, amount: int) -> None:
    zone = ZoneInfo("Europe/Copenhagen")
    start = start.replace(second=0, microsecond=0)
    with suppress(CannotCompute):
        due = compute("hours@Europe/Copenhagen", start, Period(amount, Unit.HOURS)).due
        instants = {due.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
        assert start.replace(tzinfo=zone).astimezone(UTC) + timedelta(hours=amount) in instants


@pytest.mark.parametrize("code", sorted(published.CODES))
def test_nothing_is_computed_past_what_a_calendar_knows(code: str) -> None:
    calendar = published.calendar(code)
    for day, way in ((calendar.last, Direction.AFTER), (calendar.first, Direction.BEFORE)):
        with pytest.raises(BeyondHorizon, match=f"The calendar {code} is known from"):
            compute(f"roll:{code}", day, Period(1, Unit.DAYS, way))
        with pytest.raises(BeyondHorizon):
            compute(f"roll:{code}", day + way.sign * timedelta(days=1), Period(1, Unit.DAYS, way))


@given(DAYS, AMOUNTS, UNITS, CALENDARS)
def test_a_sticky_month_end_never_comes_earlier(day: date, amount: int, unit: Unit, code: str) -> None:
    period = Period(amount, unit)
    assert compute(f"eom:{code}", day, period).due >= compute(f"roll:{code}", day, period).due


@pytest.mark.parametrize(
    ("profile", "day", "period", "due", "safe", "latest"),
    [
        # A week from 1 September ends on the 8th, or by the minority on the 7th.
        ("tr-hmk", date(2017, 7, 17), Period(2, Unit.WEEKS), date(2017, 9, 8), date(2017, 9, 7), date(2017, 9, 8)),
        # 19 July 2026 is a Sunday: moved into the recess, extended or not.
        ("tr-hmk", date(2026, 7, 5), Period(2, Unit.WEEKS), date(2026, 7, 20), date(2026, 7, 20), date(2026, 9, 8)),
        # A later service gives an earlier end.
        ("tr-hmk", date(2026, 8, 18), Period(2, Unit.WEEKS), date(2026, 9, 1), date(2026, 9, 1), date(2026, 9, 1)),
        ("tr-cmk", date(2026, 7, 10), Period(2, Unit.WEEKS), date(2026, 9, 3), date(2026, 9, 3), date(2026, 9, 3)),
        # 3 July 2026 only observes the 4th.
        ("us", date(2026, 6, 19), Period(14, Unit.DAYS), date(2026, 7, 6), date(2026, 7, 3), date(2026, 7, 6)),
        ("us-mail", date(2026, 6, 1), Period(14, Unit.DAYS), date(2026, 6, 18), date(2026, 6, 18), date(2026, 6, 18)),
        ("clear_earliest", date(2026, 6, 1), Period(14, Unit.DAYS), *[date(2026, 6, 16)] * 3),
        ("gb-claimform", date(2026, 4, 2), Period(14, Unit.DAYS), *[date(2026, 4, 22)] * 3),
        ("eu-cj-2d", date(1998, 1, 15), Period(2, Unit.MONTHS), *[date(1998, 3, 17)] * 3),
        # § 132 ZPO as published: a week before Thursday 18 August is received by Wednesday the 10th.
        ("de-clear-before:de-be", date(2022, 8, 18), Period(1, Unit.WEEKS, Direction.BEFORE), *[date(2022, 8, 10)] * 3),
        # Three days before Thursday 4 June lead to Sunday 31 May; whether that moves back is open.
        (
            "de-clear-before:de-be",
            date(2026, 6, 4),
            Period(3, Unit.DAYS, Direction.BEFORE),
            date(2026, 5, 29),
            date(2026, 5, 29),
            date(2026, 5, 31),
        ),
        # A week before 17 June 2026 leads to Tuesday the 9th; before the 12th to Corpus Christi, of some Länder only.
        ("de-clear-before:de", date(2026, 6, 17), Period(1, Unit.WEEKS, Direction.BEFORE), *[date(2026, 6, 9)] * 3),
        (
            "de-clear-before:de",
            date(2026, 6, 12),
            Period(1, Unit.WEEKS, Direction.BEFORE),
            date(2026, 6, 4),
            date(2026, 6, 3),
            date(2026, 6, 4),
        ),
        ("de-clear-before:de-be", date(2026, 6, 12), Period(1, Unit.WEEKS, Direction.BEFORE), *[date(2026, 6, 4)] * 3),
        (
            "roll:de",
            date(2026, 6, 11),
            Period(1, Unit.WEEKS, Direction.BEFORE),
            date(2026, 6, 4),
            date(2026, 6, 3),
            date(2026, 6, 4),
        ),
        # Forward the whole country's days are the safe ones.
        ("roll:de", date(2026, 5, 28), Period(1, Unit.WEEKS), *[date(2026, 6, 4)] * 3),
        # Constitution Day 2026 is a Friday, and no helligdag.
        (
            "dk/administrative",
            date(2026, 5, 8),
            Period(4, Unit.WEEKS),
            date(2026, 6, 8),
            date(2026, 6, 5),
            date(2026, 6, 8),
        ),
        ("dk/administrative", date(2026, 4, 16), Period(4, Unit.WEEKS), *[date(2026, 5, 15)] * 3),
        ("de-3day:de-be", date(2024, 12, 3), Period(1, Unit.MONTHS), *[date(2025, 1, 6)] * 3),
        # The fourth day, Sunday 4 January, moves under the AO and perhaps not elsewhere.
        (
            "de-4day:de-be",
            date(2025, 12, 31),
            Period(1, Unit.MONTHS),
            date(2026, 2, 5),
            date(2026, 2, 4),
            date(2026, 2, 5),
        ),
    ],
)
def test_profiles_of_which_no_example_is_published(  # noqa: PLR0917
    profile: str, day: date, period: Period, due: date, safe: date, latest: date
) -> None:
    result = compute(profile, day, period)
    assert (result.due, result.due_safe, result.due_latest) == (due, safe, latest)
    assert result.is_disputed is (safe != latest)


@pytest.mark.parametrize(
    ("profile", "day", "period", "said"),
    [
        ("dk/court", date(2026, 12, 11), Period(2, Unit.WEEKS), "The last safe working day is 2026-12-24."),
        ("tr-hmk", date(2026, 10, 14), Period(2, Unit.WEEKS), "2026-10-28 is a half day: on paper until 13:00 only."),
        ("tr-hmk", date(2023, 1, 30), Period(2, Unit.WEEKS), "Periods stood still in Türkiye from 2023-02-06"),
        ("de-4day:de-be", date(2024, 12, 31), Period(1, Unit.MONTHS), "use de-3day"),
        ("de-3day:de-be", date(2025, 1, 1), Period(1, Unit.MONTHS), "use de-4day"),
    ],
)
def test_what_to_mind(profile: str, day: date, period: Period, said: str) -> None:
    assert any(said in notice for notice in compute(profile, day, period).notices)


@pytest.mark.parametrize(
    ("profile", "day"),
    [
        ("de-4day:de-be", date(2025, 1, 2)),
        ("de-3day:de-be", date(2024, 12, 31)),
        ("roll:de-be", date(2024, 12, 31)),
        ("tr-iyuk", date(2023, 4, 7)),
    ],
)
def test_nothing_is_said_where_there_is_nothing_to_mind(profile: str, day: date) -> None:
    assert compute(profile, day, Period(1, Unit.MONTHS)).notices == ()


@pytest.mark.parametrize(
    ("in_recess", "first", "last"),
    [
        (austrian, date(2026, 7, 15), date(2026, 8, 17)),
        (austrian, date(2026, 12, 24), date(2027, 1, 6)),
        (swiss, date(2026, 3, 29), date(2026, 4, 12)),
        (swiss, date(2026, 7, 15), date(2026, 8, 15)),
        (swiss, date(2026, 12, 18), date(2027, 1, 2)),
    ],
)
def test_a_recess_includes_both_its_ends(in_recess: Callable[[date], bool], first: date, last: date) -> None:
    days = [first + timedelta(days=n) for n in range(-1, (last - first).days + 2)]
    assert [in_recess(day) for day in days] == [False, *[True] * (len(days) - 2), False]


@pytest.mark.parametrize(
    ("unit", "most"),
    [("hours", 878400), ("days", 36600), ("weeks", 5300), ("months", 1200), ("years", 100), ("working_days", 26200)],
)
def test_no_period_is_longer_than_a_century(unit: str, most: int) -> None:
    assert Period(most, Unit(unit)).amount == most
    for amount in (0, -1, most + 1):
        with pytest.raises(BadPeriod, match=f"it must be 1 to {most}."):
            Period(amount, Unit(unit))


@pytest.mark.parametrize("name", ["roll:", "tr-hmk:tr", "gb:de-be", "nothing:de-be", "roll@de-be", ":de-be", ""])
def test_a_profile_that_is_half_right_is_unknown(name: str) -> None:
    with pytest.raises(UnknownProfile, match="There is no profile"):
        compute(name, date(2026, 6, 1), Period(1, Unit.DAYS))
