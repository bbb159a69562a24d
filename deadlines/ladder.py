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


def working_day(day: date) -> date:
    """The day itself, or the Friday before its weekend."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def still_ahead(deadline: Deadline, now: datetime) -> list[Step]:
    """Steps to come; of those missed already the last one is made up for at once."""
    wanted = steps(deadline)
    missed = [step for step in wanted if step.at <= now][-1:]
    return [*(Step(step.name, now) for step in missed), *(step for step in wanted if step.at > now)]
