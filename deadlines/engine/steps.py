"""The common steps of the pipeline: shift the trigger, count, move, add days."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from deadlines.engine import periods
from deadlines.engine.calendars import ONE_DAY, Calendar
from deadlines.engine.errors import BadTrigger
from deadlines.engine.periods import Direction, Period, Unit
from deadlines.engine.trace import Moment, Run, Step

Ending = Callable[[date, Period], date]


def day_of(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def shift(days: int, citation: str, *, what: str = "deemed service") -> Step:
    def step(run: Run) -> Run:
        served = day_of(run.start) + timedelta(days=days)
        return run.starting(served, f"{run.start} + {days} days: {what} on {served}", citation)

    return step


def shift_to_open(calendar: Calendar, citation: str) -> Step:
    def step(run: Run) -> Run:
        start = day_of(run.start)
        served = calendar.next_open(start, 1)
        if served == start:
            return run
        return run.starting(served, f"{named(calendar, start, served)}: served on {served}", citation)

    return step


def count(citation: str, ending: Ending = periods.end_of) -> Step:
    def step(run: Run) -> Run:
        end = ending(day_of(run.start), run.period)
        sign = "+" if run.period.direction is Direction.AFTER else "-"
        text = f"{run.start} {sign} {run.period.amount} {run.period.label} = {end}; the first day is not counted"
        return run.to(end, "count", text, citation)

    return step


def count_open(calendar: Calendar, citation: str, extra: int = 0) -> Step:
    """`extra` is one where the far end must be clear as well."""

    def step(run: Run) -> Run:
        days = run.period.amount + extra
        end = calendar.count_open(day_of(run.start), days, run.period.direction.sign)
        text = f"{days} working days {run.period.direction} {run.start} on {calendar.code} = {end}"
        return run.to(end, "count", text, citation)

    return step


def count_hours(zone: ZoneInfo, citation: str, fold: int) -> Step:
    def step(run: Run) -> Run:
        start = existing(run.start, zone, fold)
        elapsed = timedelta(hours=run.period.direction.sign * run.period.amount)
        end = (start.astimezone(UTC) + elapsed).astimezone(zone).replace(tzinfo=None, fold=0)
        text = f"{run.start:%Y-%m-%dT%H:%M} and {run.period.amount} elapsed hours {run.period.direction} = "
        return run.to(end, "count", f"{text}{end:%Y-%m-%dT%H:%M} in {zone.key}", citation)

    return step


def existing(start: Moment, zone: ZoneInfo, fold: int) -> datetime:
    """The instant of a local time; an hour that the clocks leapt over is refused."""
    assert isinstance(start, datetime)  # noqa: S101 - compute has refused anything else
    local = start.replace(tzinfo=zone, fold=fold)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != start:
        raise BadTrigger(f"{start:%Y-%m-%dT%H:%M} does not exist in {zone.key}: the clocks leapt over it.")
    return local


def roll(calendar: Calendar, citation: str, towards: Direction | None = None) -> Step:
    """In the direction of the period, unless the law always moves one way."""

    def step(run: Run) -> Run:
        day = day_of(run.at)
        open_day = calendar.next_open(day, (towards or run.period.direction).sign)
        return run.to(open_day, "roll", named(calendar, day, open_day), citation)

    return step


def named(calendar: Calendar, start: date, end: date) -> str:
    """Each day that was passed over, with what made it one."""
    if start == end:
        return f"{start} is a working day in {calendar.code}; not moved"
    step = ONE_DAY if end > start else -ONE_DAY
    passed = [start + n * step for n in range(abs((end - start).days))]
    return ", ".join(f"{day} {calendar.why_closed(day)}" for day in passed) + f"; moved to {end} ({calendar.code})"


def add_days(days: int, citation: str, what: str) -> Step:
    def step(run: Run) -> Run:
        end = day_of(run.at) + timedelta(days=days)
        return run.to(end, "add_days", f"{what}: {run.at} {days:+d} days = {end}", citation)

    return step


def not_moved(citation: str) -> Step:
    def step(run: Run) -> Run:
        return run.to(run.at, "roll", f"{run.at} stands, even on a day of rest", citation)

    return step


def end_of_day(citation: str, hours: str = "") -> Step:
    def step(run: Run) -> Run:
        if run.period.unit is Unit.HOURS:
            return run
        text = f"Ends with {run.at}, by the local time of the place of filing"
        return run.to(run.at, "ends_at", f"{text}: {hours}" if hours else text, citation)

    return step
