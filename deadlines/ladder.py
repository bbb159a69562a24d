"""The reminder ladder: how long before a deadline, by what is at stake, people are reminded."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from deadlines.models import Deadline

MORNING, AFTERNOON = time(8), time(14)
# Steps that come daily: what is overdue goes up within the day, what nobody confirmed from one day to the next.
OVERDUE, UNCONFIRMED = "overdue", "unconfirmed"
# What came to somebody is told as the step it stands at, as in "1d+taken", or as one that is ahead of all steps.
TAKEN, AHEAD = "+taken", "ahead"
SATURDAY = 5
ONE_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)

# Days before the deadline; the defaults of a cautious office, until a firm sets its own.
CRITICAL = (14, 7, 3, 1, 0)
NORMAL = (7, 3, 1, 0)
LIMITATION = (180, 90, 30, 7, 1, 0)
# How long in working hours a step waits for somebody to say "got it" before it goes further up.
LONG, SHORT, SHORTEST = timedelta(hours=4), timedelta(hours=1), timedelta(minutes=30)
OPENS, CLOSES = time(8), time(17)


class OpenDays(Protocol):
    """On which days the office works."""

    def is_open(self, day: date) -> bool: ...


class Weekdays:
    """Where no calendar is known: Monday to Friday."""

    def is_open(self, day: date) -> bool:
        return day.weekday() < SATURDAY


WEEKDAYS = Weekdays()


@dataclass(frozen=True, slots=True)
class Step:
    """`name` is kept with the reminder: "7d" or, for the second one of the day itself, "0d-pm"."""

    name: str
    at: datetime


def steps(deadline: Deadline, days: OpenDays = WEEKDAYS) -> list[Step]:
    """All steps in order of time. Off a closed day they go back, never forward; two on one morning become one."""
    zone = ZoneInfo(deadline.time_zone)
    found = {}
    for ahead in _days(deadline):
        at = datetime.combine(working_day(deadline.reminds_by - timedelta(days=ahead), days), MORNING, zone)
        found[at] = Step(f"{ahead}d", at)
    if deadline.criticality == Deadline.Criticality.CRITICAL:
        at = datetime.combine(working_day(deadline.reminds_by, days), AFTERNOON, zone)
        found[at] = Step("0d-pm", at)
    return _in_time([found[at] for at in sorted(found)], deadline, days, zone)


def _in_time(steps: list[Step], deadline: Deadline, days: OpenDays, zone: ZoneInfo) -> list[Step]:
    """What would come after the hour it is due at comes once, before it: by an hour, or on the afternoon before."""
    if deadline.reminds_by_time is None:
        return steps
    day = deadline.reminds_by
    due = datetime.combine(day, deadline.reminds_by_time, zone)
    late = [step for step in steps if step.at >= due]
    if not late:
        return steps
    morning = datetime.combine(day, MORNING, zone)
    at = due - AN_HOUR
    if at <= morning:
        at = datetime.combine(working_day(day - ONE_DAY, days), AFTERNOON, zone)
    in_time = [step for step in steps if step.at < due]
    return sorted([*in_time, replace(late[0], at=at)], key=lambda step: step.at)


def _days(deadline: Deadline) -> tuple[int, ...]:
    if deadline.kind == Deadline.Kind.LIMITATION:
        return LIMITATION
    return CRITICAL if deadline.criticality == Deadline.Criticality.CRITICAL else NORMAL


def daily_step(deadline: Deadline, name: str, since: date, today: date) -> Step:
    """As in "overdue+3" on the third day after it was due."""
    morning = datetime.combine(today, MORNING, ZoneInfo(deadline.time_zone))
    return Step(f"{name}+{(today - since).days}", morning)


def working_days_since(day: date, today: date, days: OpenDays = WEEKDAYS, most: int = 7) -> int:
    """How many there were after that day, today included; no more than `most` are counted."""
    count = 0
    while day < today and count < most:
        day += ONE_DAY
        count += days.is_open(day)
    return count


def patience(deadline: Deadline, step: str) -> timedelta | None:
    """None for a step that only informs; with the last day near or past, or nobody having confirmed, more go up."""
    name = step.partition(".")[0].partition("+")[0]
    if name == UNCONFIRMED:
        return None
    by_draft = deadline.from_draft and not deadline.is_confirmed
    if deadline.criticality != Deadline.Criticality.CRITICAL and not by_draft:
        return LONG if name in {"1d", "0d", OVERDUE} else None
    known = {"0d-pm": SHORTEST, "0d": SHORT, OVERDUE: SHORT, "1d": LONG}
    return known.get(name, None if deadline.is_confirmed else LONG)


def after_working_hours(start: datetime, wait: timedelta, zone: ZoneInfo, days: OpenDays = WEEKDAYS) -> datetime:
    """The moment at which the wait is over, counted on working days from eight to five of that place."""
    at = _within(start.astimezone(zone), zone, days)
    while (left := _moment(at.date(), CLOSES, zone) - at) < wait:
        wait -= left
        at = _within(_moment(at.date() + ONE_DAY, OPENS, zone), zone, days)
    return at + wait


def _within(at: datetime, zone: ZoneInfo, days: OpenDays) -> datetime:
    """The same moment, or the next opening."""
    day = at.date()
    if not days.is_open(day) or at.time() >= CLOSES:
        return _moment(next_working_day(day + ONE_DAY, days), OPENS, zone)
    return max(at, _moment(day, OPENS, zone))


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)


def working_day(day: date, days: OpenDays = WEEKDAYS) -> date:
    """The day itself, or the last working day before it."""
    while not days.is_open(day):
        day -= ONE_DAY
    return day


def next_working_day(day: date, days: OpenDays = WEEKDAYS) -> date:
    """The day itself, or the first working day after it."""
    while not days.is_open(day):
        day += ONE_DAY
    return day


def on_taking_over(deadline: Deadline, now: datetime, days: OpenDays = WEEKDAYS) -> Step | None:
    """Told at once to who answers for it from now on; what is not critical can wait for its first step."""
    missed = [step.name for step in steps(deadline, days) if step.at <= now][-1:]
    if deadline.reminds_by < now.astimezone(ZoneInfo(deadline.time_zone)).date():
        missed = [OVERDUE]
    if not missed and deadline.criticality == Deadline.Criticality.CRITICAL:
        missed = [AHEAD]
    return Step(missed[0] + TAKEN, now) if missed else None


def still_ahead(deadline: Deadline, now: datetime, days: OpenDays = WEEKDAYS) -> list[Step]:
    """Steps to come; of those missed already the last one is made up for at once."""
    wanted = steps(deadline, days)
    missed = [step for step in wanted if step.at <= now][-1:]
    return [*(Step(step.name, now) for step in missed), *(step for step in wanted if step.at > now)]
