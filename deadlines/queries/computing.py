"""Dates by the rules of the catalogue, for the matter they are entered in."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines.engine import CannotCompute, Unit, rules
from deadlines.engine.errors import BadTrigger
from deadlines.engine.steps import day_of
from deadlines.engine.trace import Line, Moment
from deadlines.models import Deadline
from deadlines.queries import book, rulebook, seats
from deadlines.queries.calendars import Book
from matters.models import Matter

EVERYWHERE = "eu"  # its rules apply in every jurisdiction
SHOWN = 10
AHEAD = gettext_lazy("What it is counted from lies in the future: compute again once it has happened.")

__all__ = ["BadTrigger", "CannotCompute", "Computed", "computed", "falling_on", "offered"]


class TimeNeeded(BadTrigger):
    def __init__(self) -> None:
        super().__init__(_("This rule counts hours: give the time too, as in 15:00."))


@dataclass(frozen=True, slots=True)
class Computed:
    """`due_on` is the safe reading, `latest_on` the prevailing one's or later, None where nothing is disputed.

    `at_stake` is the rule's criticality: critical, normal or limitation; `second` is what else may set a limit,
    "" where nothing does; `due_time` is that of a period in hours.
    """

    code: str
    title: str
    statute: str
    is_draft: bool
    at_stake: str
    second: str
    due_on: date
    due_time: time | None
    latest_on: date | None
    pre_deadline: date | None
    trigger: str
    calendar: str | None
    lines: tuple[Line, ...]
    said: tuple[str, ...]
    notices: tuple[str, ...]
    is_ahead: bool = False

    @property
    def trace(self) -> list[dict[str, str]]:
        """Put into words only when somebody reads or keeps it, which takes longer than the arithmetic."""
        return [*(_told(line) for line in self.lines), *({"left": "", "right": text} for text in self.said)]

    def minding(self, counted_on: date, today: date | None) -> Self:
        """A trigger to come is said, and kept with the arithmetic; a hearing that is counted back from is to come."""
        if today is None or not today < counted_on < self.due_on:
            return self
        words = str(AHEAD)
        return replace(self, said=(*self.said, words), notices=(*self.notices, words), is_ahead=True)


@dataclass
class Ground:
    """What one computation or one run rests on, read once: the calendars and the rules in use.

    With `today` it is said of a trigger that it lies ahead.
    """

    calendars: Book = field(default_factory=Book)
    in_use: tuple[rules.Rule, ...] = field(default_factory=rulebook.in_use)
    today: date | None = None

    @cached_property
    def computable(self) -> tuple[rules.Rule, ...]:
        """What a court sets is entered as it was set."""
        return tuple(rule for rule in self.in_use if rule.amount is not None)

    @cached_property
    def in_days(self) -> tuple[rules.Rule, ...]:
        """Those that need no time of day."""
        return tuple(rule for rule in self.computable if rule.unit is not Unit.HOURS)


def offered(matter: Matter) -> list[tuple[str, str]]:
    """Codes and names of the rules of the matter's jurisdiction, by statute as the catalogue has them."""
    places = (matter.jurisdiction.lower(), EVERYWHERE)
    found = {rule.code: f"{rule.title} · {rule.statute}" for rule in Ground().computable if rule.jurisdiction in places}
    return list(found.items())


def trigger(on: date, at: time | None, zone: str | None = None) -> Moment:
    """What is counted from; a time is by the clocks of its zone, else of the firm's."""
    return on if at is None else datetime.combine(on, at, ZoneInfo(zone or settings.TIME_ZONE))


def computed(
    matter: Matter, code: str, counted_from: Moment, second_on: date | None = None, ground: Ground | None = None
) -> Computed:
    """On the calendar of the court's seat, where the matter has a court. Raises CannotCompute."""
    ground = ground or Ground()
    rule = rules.in_force(ground.computable, code, day_of(counted_from))
    place, said = seats.place_of(matter, rule, ground.calendars)
    start, zone = _start_of(rule, counted_from)
    done = rules.apply(rule, start, replace(place, zone=zone), second_on if rule.second else None)
    result = done.result
    safe, latest = day_of(result.due_safe), day_of(result.due_latest)
    found = Computed(
        code=rule.code,
        title=rule.title,
        statute=rule.statute,
        is_draft=rule.status == rules.DRAFT,
        at_stake=rule.criticality,
        second=rule.second.trigger if rule.second else "",
        due_on=safe,
        due_time=result.due_safe.time() if isinstance(result.due_safe, datetime) else None,
        latest_on=latest if latest != safe else None,
        pre_deadline=day_of(done.pre_deadline) if done.pre_deadline is not None else None,
        trigger=rule.trigger,
        calendar=result.calendar,
        lines=result.arithmetic,
        said=said,
        notices=(*said, *result.notices),
    )
    return found.minding(day_of(counted_from), ground.today)


def pre_deadline_before(deadline: Deadline, due_on: date) -> date | None:
    """What the deadline's rule gives for another date than its own; None without one. Raises CannotCompute."""
    assert deadline.trigger_on is not None  # noqa: S101 - for the types
    ground = Ground()
    rule = rules.in_force(ground.computable, deadline.rule_code, deadline.trigger_on)
    place, _said = seats.place_of(deadline.matter, rule, ground.calendars)
    start, zone = _start_of(rule, trigger(deadline.trigger_on, deadline.trigger_time, deadline.time_zone))
    place = replace(place, zone=zone)
    counted_on = rules.apply(rule, start, place, deadline.second_on if rule.second else None).result
    found = rules.pre_deadline(rule, due_on, place, counted_on.calendar)
    return day_of(found) if found is not None else None


def _start_of(rule: rules.Rule, counted_from: Moment) -> tuple[Moment, str | None]:
    """Only a period in hours asks for the time: then by the clocks, and whose clocks these are."""
    if rule.unit is not Unit.HOURS:
        return day_of(counted_from), None
    if not isinstance(counted_from, datetime):
        raise TimeNeeded
    return counted_from.replace(tzinfo=None), str(counted_from.tzinfo)


def _told(line: Line) -> dict[str, str]:
    cited = f" ({line.citation})" if line.citation else ""
    hour = line.day.time() if isinstance(line.day, datetime) else None
    return {"left": when(day_of(line.day), hour), "right": f"{line.text}{cited}"}


def when(day: date, hour: time | None) -> str:
    """As the arithmetic has it: 3 Mar 2026, Tue 16:00."""
    words = date_format(day, "j M Y, D")
    return f"{words} {hour:%H:%M}" if hour else words


def falling_on(day: date, user_id: int) -> list[Deadline]:
    """What else the person answers for on that day."""
    mine = book.deadlines().filter(book.is_mine(user_id), state=Deadline.State.OPEN, due_on=day)
    return list(mine.order_by("due_time", "pk")[:SHOWN])


def is_as_computed(found: Computed, due_on: date, due_time: time | None) -> bool:
    """The time may be any where the rule gives none."""
    return due_on == found.due_on and found.due_time in {None, due_time}


def differing(found: Computed, due_on: date, due_time: time | None, reason: str) -> list[dict[str, str]]:
    """The arithmetic as it is kept; a date other than the computed one says so and why."""
    if is_as_computed(found, due_on, due_time):
        return found.trace
    line = {"left": when(due_on, due_time), "right": _("entered instead: %(why)s") % {"why": reason}}
    return [*found.trace, line]
