"""Days, weeks, months and years on local dates, hours on instants."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from deadlines.engine.errors import BadPeriod

LONGEST_YEARS = 100


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    WORKING_DAYS = "working_days"


class Direction(StrEnum):
    AFTER = "after"
    BEFORE = "before"

    @property
    def sign(self) -> int:
        return 1 if self is Direction.AFTER else -1


PER_YEAR = {
    Unit.HOURS: 366 * 24,
    Unit.DAYS: 366,
    Unit.WEEKS: 53,
    Unit.MONTHS: 12,
    Unit.YEARS: 1,
    Unit.WORKING_DAYS: 262,
}


@dataclass(frozen=True, slots=True)
class Period:
    amount: int
    unit: Unit
    direction: Direction = Direction.AFTER

    def __post_init__(self) -> None:
        most = LONGEST_YEARS * PER_YEAR[self.unit]
        if not 1 <= self.amount <= most:
            raise BadPeriod(f"A period of {self.amount} {self.label} makes no sense: it must be 1 to {most}.")

    @property
    def label(self) -> str:
        return self.unit.replace("_", " ")

    @property
    def days(self) -> int:
        """Weeks are seven days; other units have no fixed number of them."""
        return self.amount * 7 if self.unit is Unit.WEEKS else self.amount

    @property
    def months(self) -> int:
        return self.amount * 12 if self.unit is Unit.YEARS else self.amount


def add_months(day: date, months: int) -> date:
    """The same number in a later or earlier month, or that month's last day where it is missing."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, last_of_month(year, month + 1)))


def last_of_month(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def end_of(start: date, period: Period) -> date:
    """The day of the event is not counted, so the end carries its weekday or number."""
    if period.unit in (Unit.MONTHS, Unit.YEARS):
        return add_months(start, period.direction.sign * period.months)
    if period.unit in (Unit.DAYS, Unit.WEEKS):
        return start + timedelta(days=period.direction.sign * period.days)
    raise BadPeriod(f"A period in {period.label} is not counted on the plain calendar.")


def sticky_end_of(start: date, period: Period) -> date:
    """From the last day of a month always to the last day of a month."""
    end = end_of(start, period)
    by_month = period.unit in (Unit.MONTHS, Unit.YEARS)
    if by_month and start.day == last_of_month(start.year, start.month):
        return end.replace(day=last_of_month(end.year, end.month))
    return end
