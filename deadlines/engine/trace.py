"""The arithmetic as it is shown: one line per step, each with its source."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from deadlines.engine.periods import Period

Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What a step did; `day` is where it left the date."""

    step: str
    text: str
    day: Moment
    citation: str


@dataclass(frozen=True, slots=True)
class Run:
    """A computation under way: counting starts from `start`, `at` is the date so far."""

    period: Period
    start: Moment
    at: Moment
    lines: tuple[Line, ...] = ()

    def to(self, day: Moment, step: str, text: str, citation: str) -> "Run":
        return replace(self, at=day, lines=(*self.lines, Line(step, text, day, citation)))

    def starting(self, day: date, text: str, citation: str) -> "Run":
        return replace(self.to(day, "shift_trigger", text, citation), start=day)


Step = Callable[[Run], Run]
