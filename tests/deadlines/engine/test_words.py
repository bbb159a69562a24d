"""Every word and every number the engine says, for each profile, rule and calendar: none changes unnoticed.

`python -m tests.deadlines.engine.test_words` writes the table anew after a change that is meant; the difference is
what a second person reads.
"""

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest

from deadlines.engine import CannotCompute, Direction, Period, Unit, compute, packs, published, rules
from deadlines.engine.profiles import PROFILES

HERE = Path(__file__).parent
DAYS = (date(2026, 7, 17), date(2026, 12, 22))
PERIODS = (
    *(Period(amount, Unit.DAYS) for amount in (3, 14)),
    *(Period(1, unit) for unit in (Unit.WEEKS, Unit.MONTHS, Unit.YEARS, Unit.WORKING_DAYS)),
    *(Period(3, unit, Direction.BEFORE) for unit in (Unit.DAYS, Unit.WEEKS)),
    Period(72, Unit.HOURS),
)
FORTNIGHT = Period(2, Unit.WEEKS)
PLACE = rules.Place(zone="Europe/Copenhagen")


def said(head: str, result: object) -> Iterator[str]:
    """What a person reads of a result, or of a refusal."""
    if isinstance(result, CannotCompute):
        yield f"{head} {type(result).__name__}: {result}"
        return
    yield head
    period = result.period  # type: ignore[attr-defined]
    yield f"  {result.profile} {result.trigger} {period.amount} {period.unit} {period.direction}"  # type: ignore[attr-defined]
    dates = " ".join(str(getattr(result, name)) for name in ("due", "due_safe", "due_latest"))
    yield f"  {dates} {result.calendar} {result.is_disputed}"  # type: ignore[attr-defined]
    for line in result.arithmetic:  # type: ignore[attr-defined]
        yield f"  {line.step} {line.day} | {line.text} | {line.citation}"


def of_profiles() -> Iterator[str]:
    for name in sorted(PROFILES):
        for period in PERIODS:
            for day in DAYS:
                trigger = datetime.combine(day, time(16)) if period.unit is Unit.HOURS else day
                words = f"{name} {trigger} {period.amount} {period.unit} {period.direction}"
                try:
                    result: object = compute(name, trigger, period, calendar=CALENDARS.get(name))
                except CannotCompute as refusal:
                    result = refusal
                yield from said(words, result)
                if isinstance(result, CannotCompute):
                    break


# On which readings of the law differ, and what a date is told of: profile, calendar, trigger, period.
TELLING = (
    ("eu/euipo", "de-be", "2026-02-28", Period(1, Unit.MONTHS)),
    ("dk/administrative", None, "2026-12-10", Period(14, Unit.DAYS)),
    ("roll", "de", "2025-11-07", Period(7, Unit.DAYS, Direction.BEFORE)),
    ("de-clear-before", "de", "2025-11-07", Period(6, Unit.DAYS, Direction.BEFORE)),
    ("hours@Europe/Copenhagen", None, "2026-10-25T02:30", Period(72, Unit.HOURS)),
    ("hours@Europe/Copenhagen", None, "2026-10-22T01:30", Period(72, Unit.HOURS)),
    ("tr-hmk", None, "2026-07-05", Period(14, Unit.DAYS)),
    ("tr-hmk", None, "2026-07-10", Period(14, Unit.DAYS)),
    ("tr-iyuk", None, "2026-10-14", Period(14, Unit.DAYS)),
    ("tr-cmk", None, "2020-06-15", Period(7, Unit.DAYS)),
    ("tr-cmk", None, "2023-01-30", Period(7, Unit.DAYS)),
    ("tr-cmk", None, "2023-04-07", Period(7, Unit.DAYS)),
    ("us", None, "2026-06-26", Period(7, Unit.DAYS)),
    ("us-mail", None, "2026-06-23", Period(7, Unit.DAYS)),
    ("us-mail", None, "2026-06-26", Period(7, Unit.DAYS)),
    ("gb:court", None, "2026-12-20", Period(5, Unit.DAYS)),
    ("gb:court", None, "2026-05-04", Period(1, Unit.MONTHS, Direction.BEFORE)),
    ("gb:court", None, "2026-04-04", Period(1, Unit.MONTHS)),
    ("de-4day", "de-be", "2024-12-31", Period(1, Unit.MONTHS)),
    ("de-4day", "de-be", "2025-01-01", Period(1, Unit.MONTHS)),
    ("de-3day", "de-be", "2024-12-31", Period(1, Unit.MONTHS)),
    ("de-3day", "de-be", "2025-01-01", Period(1, Unit.MONTHS)),
    ("noroll", None, "2026-03-02T14:00", Period(3, Unit.DAYS)),
    ("noroll", None, "1950-01-01", Period(1, Unit.DAYS)),
    ("noroll", None, "2150-12-30", Period(1, Unit.DAYS)),
    ("roll", "de-be", "1975-01-01", Period(1, Unit.DAYS)),
    ("roll", "de-be", "2050-12-31", Period(1, Unit.DAYS, Direction.BEFORE)),
    # refused
    ("noroll", None, "2150-12-31", Period(1, Unit.DAYS)),
    ("noroll", None, "2100-01-01", Period(100, Unit.YEARS)),
    ("roll", None, "2026-01-01", Period(1, Unit.DAYS)),
    ("roll:de-be", "de-by", "2026-01-01", Period(1, Unit.DAYS)),
    ("roll:nowhere", None, "2026-01-01", Period(1, Unit.DAYS)),
    ("roll:de-be:x", None, "2026-01-01", Period(1, Unit.DAYS)),
    ("hours@Europe/Copenhagen@x", None, "2026-01-01T10:00", Period(1, Unit.HOURS)),
    ("hours", None, "2026-01-01T10:00", Period(1, Unit.HOURS)),
    ("nobody", None, "2026-01-01", Period(1, Unit.DAYS)),
    ("noroll", None, "2026-01-01T10:00", Period(1, Unit.HOURS)),
    ("tr-hmk", None, "2026-01-05", Period(3, Unit.DAYS, Direction.BEFORE)),
    ("at-222", None, "2026-01-05", Period(1, Unit.MONTHS)),
    ("roll", "de-be", "1974-12-20", Period(1, Unit.MONTHS)),
    ("roll", "de-be", "2199-12-20", Period(1, Unit.MONTHS)),
    ("roll", "de-be", "2050-12-20", Period(1, Unit.MONTHS)),
)


def of_telling() -> Iterator[str]:
    for name, calendar, text, period in TELLING:
        trigger = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
        try:
            result: object = compute(name, trigger, period, calendar=calendar)
        except CannotCompute as refusal:
            result = refusal
        yield from said(f"{name} {calendar} {text} {period.amount} {period.unit} {period.direction}", result)


@pytest.mark.parametrize(
    ("profile", "words", "cited"),
    [
        ("dk/administrative", "on paper until the office closes (15:00 at the Procesbevillingsnævn)", "U 2019.1541 H"),
        ("tr-hmk", "electronically until midnight, on paper until the office closes", "HMK art. 445(4)"),
        ("gb:court", "personally or by e-mail until 16:30, else served on the next business day", "CPR 6.26"),
        ("us", "electronically until midnight there, otherwise until the clerk's office closes", "FRCP 6(a)(4)"),
        ("roll:de-be", "Ends with 2026-03-16, by the local time of the place of filing", "§ 130a(5) ZPO"),
    ],
)
def test_the_last_day_says_until_which_hour_one_may_file(profile: str, words: str, cited: str) -> None:
    line = next(line for line in compute(profile, date(2026, 3, 2), FORTNIGHT).trace if line.step == "ends_at")
    assert line.text.endswith(words)
    assert cited in line.citation


CALENDARS = {name: "de-be" for name in PROFILES if PROFILES[name].needs}


def of_examples() -> Iterator[str]:
    with (HERE / "examples.csv").open(newline="") as table:
        for row in csv.DictReader(table):
            text = row["trigger_date"]
            trigger = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
            period = Period(int(row["amount"]), Unit(row["unit"]), Direction(row["direction"]))
            name = row["notes"].partition(";")[0].removeprefix("profile=")
            yield from said(row["id"], compute(name, trigger, period))


def of_rules() -> Iterator[str]:
    packs.shipped.cache_clear()
    for rule in packs.shipped_rules():
        day = rule.valid_to or date(2026, 6, 3)
        trigger = datetime.combine(day, time(10)) if rule.profile == "hours" else day
        for second in (None, day, date(day.year - 2, 3, 1)) if rule.second else (None,):
            head = f"{rule.code}@{rule.valid_from} {trigger} {second}"
            try:
                done = rules.apply(rule, trigger, PLACE, second=second)
            except CannotCompute as refusal:
                yield from said(head, refusal)
            else:
                yield from said(f"{head} before: {done.pre_deadline}", done.result)


def of_calendars() -> Iterator[str]:
    published.calendar.cache_clear()  # made anew here, whatever was asked for before
    for code in sorted(published.CODES):
        calendar = published.calendar(code)
        yield f"{code} {calendar.code} {calendar.first} {calendar.last}"
        for kind, days in (("closed", calendar.closed), ("half", calendar.half_days)):
            chosen = {str(day): name for day, name in sorted(days.items()) if day.year in {1975, 2026, 2050}}
            yield f"  {kind} {json.dumps(chosen, ensure_ascii=False)}"


PARTS = {
    "profiles": of_profiles,
    "telling": of_telling,
    "examples": of_examples,
    "rules": of_rules,
    "calendars": of_calendars,
}


def table_of(part: str) -> str:
    return "\n".join(PARTS[part]()) + "\n"


@pytest.mark.parametrize("part", PARTS)
def test_no_word_and_no_date_changes_unnoticed(part: str) -> None:
    assert table_of(part) == (HERE / f"words.{part}.txt").read_text()


def main() -> None:
    for part in PARTS:
        (HERE / f"words.{part}.txt").write_text(table_of(part))


if __name__ == "__main__":
    main()
