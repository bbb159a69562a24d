"""Court holidays: periods that are extended out of them, and periods that stand still in them."""

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter

from deadlines.engine import periods
from deadlines.engine.calendars import ONE_DAY
from deadlines.engine.periods import Direction
from deadlines.engine.steps import day_of
from deadlines.engine.trace import Run, Step

InRecess = Callable[[date], bool]


def _turkish(day: date) -> bool:
    return (7, 20) <= (day.month, day.day) <= (8, 31)


def austrian(day: date) -> bool:
    """15 July to 17 August and 24 December to 6 January, both ends included (OGH 7 Ob 1/12s)."""
    at = (day.month, day.day)
    return (7, 15) <= at <= (8, 17) or at >= (12, 24) or at <= (1, 6)


def swiss(day: date) -> bool:
    """Seven days around Easter Sunday, 15 July to 15 August, 18 December to 2 January, ends included."""
    at = (day.month, day.day)
    around_easter = abs((day - easter(day.year)).days) <= 7  # noqa: PLR2004
    return around_easter or (7, 15) <= at <= (8, 15) or at >= (12, 18) or at <= (1, 2)


def extend_to(september: int, citation: str) -> Step:
    """What ends in the Turkish recess ends on that day of September instead."""

    def step(run: Run) -> Run:
        day = day_of(run.at)
        if not _turkish(day):
            return run.to(day, "recess", f"{day} is outside the recess of 20 July to 31 August", citation)
        end = date(day.year, 9, september)
        return run.to(end, "recess", f"{day} is in the recess of 20 July to 31 August; extended to {end}", citation)

    return step


def suspend(in_recess: InRecess, citation: str) -> Step:
    """Counts days and weeks day by day and leaves out the days on which the period stands still."""

    def step(run: Run) -> Run:
        end, skipped = _outside(in_recess, day_of(run.start), run.period.days)
        text = f"{run.start} + {run.period.days} days, {skipped} suspended days left out = {end}"
        return run.to(end, "recess", text, citation)

    return step


def prolong(in_recess: InRecess, citation: str) -> Step:
    """Months end by their number and are prolonged by the days of recess they cover (BGE 150 III 367)."""

    def step(run: Run) -> Run:
        start, end = day_of(run.start), periods.end_of(day_of(run.start), run.period)
        days = sum(in_recess(start + n * ONE_DAY) for n in range(1, (end - start).days + 1))
        last, _ = _outside(in_recess, end, days)
        text = f"{start} + {run.period.amount} {run.period.label} = {end}, {days} days of recess added = {last}"
        return run.to(last, "recess", text, citation)

    return step


def _outside(in_recess: InRecess, start: date, days: int) -> tuple[date, int]:
    day, skipped = start, 0
    while days:
        day += timedelta(days=Direction.AFTER.sign)
        if in_recess(day):
            skipped += 1
        else:
            days -= 1
    return day, skipped
