"""The days on which a court or an authority is closed, and how far that is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from deadlines.engine.errors import BeyondHorizon

WEEKEND = {5: "Saturday", 6: "Sunday"}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`closed` names each day beside the weekend; outside `first` to `last` nothing is known.

    `half_days` are those of the law, `short_days` those on which an office says it closes early.
    """

    code: str
    closed: Mapping[date, str]
    first: date
    last: date
    half_days: Mapping[date, str] = field(default_factory=dict)
    short_days: Mapping[date, str] = field(default_factory=dict)

    def why_closed(self, day: date) -> str | None:
        self.require(day)
        return WEEKEND.get(day.weekday()) or self.closed.get(day)

    def is_open(self, day: date) -> bool:
        return self.why_closed(day) is None

    def require(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise BeyondHorizon(
                f"The calendar {self.code} is known from {self.first} to {self.last}; {day} lies outside."
            )

    def next_open(self, day: date, sign: int) -> date:
        """The day itself where it is open, else the next one that way."""
        while not self.is_open(day):
            day += sign * ONE_DAY
        return day

    def count_open(self, day: date, amount: int, sign: int) -> date:
        """The day itself is not counted."""
        for _ in range(amount):
            day = self.next_open(day + sign * ONE_DAY, sign)
        return day


def together(code: str, calendars: Iterable[Calendar]) -> Calendar:
    """Closed where any of them is, and known as far as all of them are."""
    found, closed = list(calendars), dict[date, str]()
    for one in found:
        closed.update(one.closed)
    return Calendar(code, closed, max(one.first for one in found), min(one.last for one in found))


class Calendars(Protocol):
    """Where calendars come from: the published data or a firm's own table."""

    def get(self, code: str) -> Calendar: ...
