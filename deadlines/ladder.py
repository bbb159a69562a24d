"""The reminder ladder: how long before a deadline, by what is at stake, people are reminded."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from deadlines.models import Deadline

MORNING, AFTERNOON = time(8), time(14)
SATURDAY = 5

# Days before the deadline; the defaults of a cautious office, until a firm sets its own.
CRITICAL = (14, 7, 3, 1, 0)
NORMAL = (7, 3, 1, 0)
LIMITATION = (180, 90, 30, 7, 1, 0)
# How long in working hours a step waits for somebody to say "got it" before it goes further up.
LONG, SHORT, SHORTEST = timedelta(hours=4), timedelta(hours=1), timedelta(minutes=30)
OPENS, CLOSES = time(8), time(17)


@dataclass(frozen=True, slots=True)
class Step:
    """`name` is kept with the reminder: "7d" or, for the second one of the day itself, "0d-pm"."""

    name: str
    at: datetime


def steps(deadline: Deadline) -> list[Step]:
    """All steps in order of time. Off a weekend they go back, never forward; two on one morning become one."""
    zone = ZoneInfo(deadline.time_zone)
    found = {}
    for days in _days(deadline):
        at = datetime.combine(working_day(deadline.due_on - timedelta(days=days)), MORNING, zone)
        found[at] = Step(f"{days}d", at)
    if deadline.criticality == Deadline.Criticality.CRITICAL:
        at = datetime.combine(working_day(deadline.due_on), AFTERNOON, zone)
        found[at] = Step("0d-pm", at)
    return [found[at] for at in sorted(found)]


def _days(deadline: Deadline) -> tuple[int, ...]:
    if deadline.kind == Deadline.Kind.LIMITATION:
        return LIMITATION
    return CRITICAL if deadline.criticality == Deadline.Criticality.CRITICAL else NORMAL


def patience(deadline: Deadline, step: str) -> timedelta | None:
    """None for a step that only informs; with the last day near, or nobody having confirmed, more go up."""
    name = step.partition(".")[0]
    if deadline.criticality != Deadline.Criticality.CRITICAL:
        return LONG if name == "0d" else None
    known = {"0d-pm": SHORTEST, "0d": SHORT, "1d": LONG}
    return known.get(name, None if deadline.is_confirmed else LONG)


def after_working_hours(start: datetime, wait: timedelta, zone: ZoneInfo) -> datetime:
    """The moment at which the wait is over, counted on working days from eight to five of that place."""
    at = _within(start.astimezone(zone), zone)
    while (left := _moment(at.date(), CLOSES, zone) - at) < wait:
        wait -= left
        at = _within(_moment(at.date() + timedelta(days=1), OPENS, zone), zone)
    return at + wait


def _within(at: datetime, zone: ZoneInfo) -> datetime:
    """The same moment, or the next opening."""
    day = at.date()
    if at.weekday() >= SATURDAY or at.time() >= CLOSES:
        day += timedelta(days=1)
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        return _moment(day, OPENS, zone)
    return max(at, _moment(day, OPENS, zone))


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)


def working_day(day: date) -> date:
    """The day itself, or the Friday before its weekend."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def still_ahead(deadline: Deadline, now: datetime) -> list[Step]:
    """Steps to come; of those missed already the last one is made up for at once."""
    wanted = steps(deadline)
    missed = [step for step in wanted if step.at <= now][-1:]
    return [*(Step(step.name, now) for step in missed), *(step for step in wanted if step.at > now)]
