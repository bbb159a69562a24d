"""The door for tables going out and coming back: no cell that a spreadsheet would run as a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

# A leading ' of the text's own is kept by adding one more, so that reading gives back what was written.
TRIGGER = re.compile(r"'*[=+\-@\t\r\0]")
GUARDED = re.compile(r"'+[=+\-@\t\r\0]")

# Raised while rows are read, by text that is no table.
BrokenTable = csv.Error

type Cell = str | int | float | Decimal | date | bool | None


class Writable(Protocol):
    def write(self, text: str, /) -> object: ...


def guard(text: str) -> str:
    """The text with a ' before a leading = + - @ tab, carriage return or NUL (ASVS 1.2.10)."""
    return f"'{text}" if TRIGGER.match(text) else text


def unguard(text: str) -> str:
    return text[1:] if GUARDED.match(text) else text


def plain(cell: Cell) -> str:
    """Numbers and dates cannot be formulas and stay as they are; text is guarded."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guard(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def write_csv(out: Writable, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write UTF-8 text to a stream opened with newline=""; answers the number of rows."""
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([guard(name) for name in header])
    count = 0
    for row in rows:
        writer.writerow([plain(cell) for cell in row])
        count += 1
    return count


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """What `write_csv` writes, line by line, for answers that are streamed."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield str(writer.writerow([guard(name) for name in header]))
    for row in rows:
        yield str(writer.writerow([plain(cell) for cell in row]))


class _Echo:
    def write(self, text: str) -> str:
        return text


def read_csv(lines: Iterable[str], *, delimiter: str = ",") -> Iterator[list[str]]:
    """Rows, header first, with the guard taken off; `lines` come from a stream opened with newline=""."""
    for row in csv.reader(lines, delimiter=delimiter, strict=True):
        if row:
            yield [unguard(cell) for cell in row]
