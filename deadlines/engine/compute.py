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

    @property
    def is_disputed(self) -> bool:
        return self.due_safe != self.due_latest


def compute(
    profile: str, trigger: Moment, period: Period, *, calendar: str | None = None, calendars: Calendars | None = None
) -> Result:
    calendars = calendars or Published()
    named = naming.read(profile)
    named.profile.require(period)
    place = naming.calendar_of(named, calendar, calendars)
    start = _fit(trigger, period, place)
    readings = named.profile.build(Setting(period, place, calendars, named.zone))
    runs = [_follow(reading, start, period, place) for reading in readings]
    ends = [run.at for run in runs]
    disputed = [reading.why for reading, end in zip(readings, ends, strict=True) if end != ends[0]]
    safe, latest = min(ends, key=_order), max(ends, key=_order)
    said = notices.of(named.profile.notices, steps.day_of(start), steps.day_of(safe), place, disputed)
    said += notices.of_post(named.profile.name, steps.day_of(start))
    trace = (*runs[0].lines, *(Line("notice", text, runs[0].at, cited) for text, cited in said))
    return Result(
        profile, place.code if place else None, start, period, ends[0], safe, latest, trace, tuple(t for t, _ in said)
    )


def _order(moment: Moment) -> str:
    return moment.isoformat()


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
    ends = steps.end_of_day(law.ending(place.code if place else None))
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
