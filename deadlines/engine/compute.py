"""One period under one profile: the dates, the arithmetic and what to mind."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce

from deadlines.engine import law, naming, notices, steps
from deadlines.engine.calendars import Calendar, Calendars
from deadlines.engine.errors import BadTrigger, BeyondHorizon, CannotCompute
from deadlines.engine.periods import Period, Unit
from deadlines.engine.profiles import Reading, Setting
from deadlines.engine.published import Published
from deadlines.engine.trace import Line, Moment, Run

# Where no calendar sets a nearer end: no one speaks of other centuries' deadlines.
FIRST, LAST = date(1950, 1, 1), date(2150, 12, 31)


@dataclass(frozen=True, slots=True)
class Other:
    """A reading that leads to another date; its trace is what differs from the prevailing one's."""

    why: str
    due: Moment
    trace: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """`due` by the prevailing reading, `due_safe` the earliest and `due_latest` the latest defensible one."""

    profile: str
    calendar: str | None
    trigger: Moment
    period: Period
    due: Moment
    due_safe: Moment
    due_latest: Moment
    trace: tuple[Line, ...]
    notices: tuple[str, ...]
    readings: tuple[Other, ...] = ()

    @property
    def is_disputed(self) -> bool:
        return self.due_safe != self.due_latest

    @property
    def arithmetic(self) -> tuple[Line, ...]:
        """The trace, and after it that of each other reading."""
        return (*self.trace, *(line for other in self.readings for line in _shown(other)))


def _shown(other: Other) -> tuple[Line, ...]:
    return (Line("reading", f"By another reading ({other.why}):", other.due, ""), *other.trace)


def compute(
    profile: str, trigger: Moment, period: Period, *, calendar: str | None = None, calendars: Calendars | None = None
) -> Result:
    calendars = calendars or Published()
    named = naming.read(profile)
    named.profile.require(period)
    place = naming.calendar_of(named, calendar, calendars)
    start = _fit(trigger, period, place)
    readings = named.profile.build(Setting(period, place, calendars, named.zone))
    runs = [(reading.why, _follow(reading, start, period, place)) for reading in readings]
    prevailing = runs[0][1]
    others = [(why, run) for why, run in runs if run.at != prevailing.at]
    ends = [run.at for _why, run in runs]
    safe, latest = min(ends), max(ends)
    disputed = [why for why, _run in others]
    said = notices.of(named.profile.notices, steps.day_of(start), steps.day_of(safe), place, disputed)
    said += notices.of_post(named.profile.name, steps.day_of(start))
    trace = (*prevailing.lines, *(Line("notice", text, prevailing.at, cited) for text, cited in said))
    read = tuple(Other(why, run.at, _otherwise(run, prevailing)) for why, run in others)
    told, code = tuple(text for text, _cited in said), place.code if place else None
    return Result(profile, code, start, period, prevailing.at, safe, latest, trace, told, read)


def _otherwise(run: Run, prevailing: Run) -> tuple[Line, ...]:
    return tuple(line for line in run.lines if line not in prevailing.lines)


def _fit(trigger: Moment, period: Period, place: Calendar | None) -> Moment:
    """Periods run on local dates; only hours need the time of day."""
    if period.unit is Unit.HOURS:
        if not isinstance(trigger, datetime):
            raise BadTrigger("A period in hours needs the time of day, as in 2026-03-27T16:00.")
        if trigger.tzinfo is not None:
            raise BadTrigger("Give the local time of the place without an offset; the profile names the zone.")
    start = trigger if period.unit is Unit.HOURS else steps.day_of(trigger)
    _require(steps.day_of(start), place)
    return start


def _follow(reading: Reading, start: Moment, period: Period, place: Calendar | None) -> Run:
    code = place.code if place else None
    ends = steps.end_of_day(law.ending(code), law.hours(code))
    try:
        run = reduce(lambda run, step: step(run), (*reading.steps, ends), Run(period, start, start))
    except CannotCompute:
        raise
    except (OverflowError, ValueError) as why:
        raise BeyondHorizon("The period leads beyond all calendars.") from why
    _require(steps.day_of(run.at), place)
    return run


def _require(day: date, place: Calendar | None) -> None:
    if place is not None:
        place.require(day)
    if not FIRST <= day <= LAST:
        raise BeyondHorizon(f"{day} lies outside {FIRST} to {LAST}, beyond which nothing is computed.")
