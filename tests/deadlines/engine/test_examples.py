"""The worked examples of the domain, published decisions first, as one table."""

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from deadlines.engine import Direction, Period, Unit, compute

with (Path(__file__).parent / "examples.csv").open(newline="") as table:
    EXAMPLES = list(csv.DictReader(table))


def moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def profile(row: dict[str, str]) -> str:
    return row["notes"].partition(";")[0].removeprefix("profile=")


def test_the_table_is_whole() -> None:
    assert len(EXAMPLES) == 86
    assert sum(row["published"] == "yes" for row in EXAMPLES) == 38


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["id"])
def test_an_example(row: dict[str, str]) -> None:
    period = Period(int(row["amount"]), Unit(row["unit"]), Direction(row["direction"]))
    result = compute(profile(row), moment(row["trigger_date"]), period)
    assert result.due == moment(row["expected_due"])
    assert result.due_safe <= result.due <= result.due_latest
    assert all(line.citation for line in result.trace)
    last = [line for line in result.trace if line.step != "notice"][-1]
    assert last.day == result.due
    assert {result.due, *(other.due for other in result.readings)} >= {result.due_safe, result.due_latest}
    assert all(other.trace[-1].day == other.due != result.due for other in result.readings)
