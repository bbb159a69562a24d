"""A table's rows as COPY takes them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from privacy.generation.plan import Plan

NULL = "\\N"


@dataclass(frozen=True)
class Table:
    """`lines` makes the rows from the plan; staged rows get their derived columns on the way into the table."""

    name: str
    columns: str
    lines: Callable[[Plan], Iterator[str]]
    staged: bool = False


def line(*values: object) -> str:
    """Values hold neither tabs nor backslashes; None is NULL."""
    return "\t".join([NULL if value is None else str(value) for value in values]) + "\n"
