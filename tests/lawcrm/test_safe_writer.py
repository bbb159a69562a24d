"""No cell runs as a formula, and what was exported comes back as it was."""

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lawcrm.doors.safe_writer import guard, read_csv, unguard, write_csv

TRIGGERS = "=+-@\t\r\0"
CELLS = st.text(
    alphabet=st.one_of(st.sampled_from("'=+-@\t\r\n\0\",;ab"), st.characters(exclude_categories=["Cs"])), max_size=12
)


def there_and_back(rows: list[list[str]]) -> list[list[str]]:
    out = io.StringIO(newline="")
    write_csv(out, [f"column {n}" for n in range(len(rows[0]))], rows)
    return list(read_csv(io.StringIO(out.getvalue(), newline="")))[1:]


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1)))
@example([["'=1"], ["''=1"], ["'"], [""], ["=1"], ["\0"], ["\r\n"], ["'a"]])
def test_importing_an_export_gives_the_same(rows: list[list[str]]) -> None:
    assert there_and_back(rows) == rows


@given(CELLS)
def test_no_written_text_starts_with_a_trigger(text: str) -> None:
    assert not guard(text).startswith(tuple(TRIGGERS))
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["=2", "==2", "+1", "-1", "@x", "\t=", "\0=", "\r=", "=cmd|' /C calc'!A0", "'=1"])
def test_formulas_of_the_wild_become_text(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "O'Hara", "'t Hooft", "Ørsted", " 1"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert guard(text) == text


def test_numbers_and_dates_stay_numbers_and_dates() -> None:
    out = io.StringIO(newline="")
    count = write_csv(out, ["=a", "b"], [[-5, Decimal("-1.50")], [date(2026, 11, 21), None], [True, "-5"]])
    assert count == 3
    assert out.getvalue() == '"\'=a","b"\r\n"-5","-1.50"\r\n"2026-11-21",""\r\n"True","\'-5"\r\n'
