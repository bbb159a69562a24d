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
PLACE = rules.Place(zone="Europe/Copenhagen")


def said(head: str, result: object) -> Iterator[str]:
    """What a person reads of a result, or of a refusal."""
    if isinstance(result, CannotCompute):
        yield f"{head} {type(result).__name__}: {result}"
        return
    yield head
    dates = " ".join(str(getattr(result, name)) for name in ("due", "due_safe", "due_latest"))
    yield f"  {dates} {result.calendar} {result.is_disputed}"  # type: ignore[attr-defined]
    for line in result.trace:  # type: ignore[attr-defined]
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


PARTS = {"profiles": of_profiles, "examples": of_examples, "rules": of_rules, "calendars": of_calendars}


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
