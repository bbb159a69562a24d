"""Rules of the catalogue: a period with its statute, its triggers and how sure it is."""

from dataclasses import dataclass, replace
from datetime import date

from deadlines.engine import naming, steps
from deadlines.engine.calendars import Calendars
from deadlines.engine.compute import Result, compute
from deadlines.engine.errors import BadTrigger, FixedByCourt, RuleNotInForce, UnknownRule
from deadlines.engine.periods import Direction, Period, Unit, end_of
from deadlines.engine.trace import Line, Moment

DRAFT, APPROVED = "draft", "approved"
STARTS_BY, ENDS_BY = "starts_by", "ends_by"


@dataclass(frozen=True, slots=True)
class Span:
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Second:
    """A second trigger: after that span the period starts (or is over) whatever the first one says."""

    trigger: str
    amount: int
    unit: Unit
    effect: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Without an amount the court sets the date, which is entered and never computed."""

    code: str
    jurisdiction: str
    title: str
    trigger: str
    amount: int | None
    unit: Unit | None
    direction: Direction
    profile: str
    calendar: str | None
    statute: str
    notfrist: bool | None
    extendable: bool | None
    criticality: str
    pre_deadline: Span | None
    second: Second | None
    valid_from: date | None
    valid_to: date | None
    confidence: str
    source: str
    reviewer: str | None
    reviewed_on: date | None
    status: str
    note: str

    @property
    def period(self) -> Period:
        if self.amount is None or self.unit is None:
            raise FixedByCourt(f"{self.code} is not computed; enter the date as it was set. {self.note}")
        return Period(self.amount, self.unit, self.direction)

    def is_in_force(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Ruled:
    rule: Rule
    result: Result
    pre_deadline: Moment | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the act is done; the firm's own zone serves for hours unless another is named."""

    calendar: str | None = None
    zone: str | None = None
    calendars: Calendars | None = None


def in_force(rules: tuple[Rule, ...], code: str, day: date) -> Rule:
    """The version of a rule by the day of its trigger."""
    versions = [rule for rule in rules if rule.code == code]
    if not versions:
        raise UnknownRule(f"There is no rule {code!r}.")
    for rule in versions:
        if rule.is_in_force(day):
            return rule
    raise RuleNotInForce(f"The rule {code} was not in force on {day}.")


def apply(rule: Rule, trigger: Moment, place: Place, second: date | None = None) -> Ruled:
    if not rule.is_in_force(steps.day_of(trigger)):
        raise RuleNotInForce(f"The rule {rule.code} was not in force on {steps.day_of(trigger)}.")
    period, profile, calendar = rule.period, profile_of(rule, place), calendar_of(rule, place)
    result = compute(profile, trigger, period, calendar=calendar, calendars=place.calendars)
    result = _capped(rule, result, second, place)
    text = f"{rule.title}: {period.amount} {period.label} {period.direction} {rule.trigger}"
    cited = Line("rule", text, trigger, rule.statute)
    said = _remarks(rule, place, second)
    told = tuple(Line("notice", text, result.due, rule.statute) for text in said)
    result = replace(result, trace=(cited, *result.trace, *told), notices=(*result.notices, *said))
    return Ruled(rule, result, pre_deadline(rule, result.due_safe, place, result.calendar))


def profile_of(rule: Rule, place: Place) -> str:
    if rule.profile != "hours":
        return rule.profile
    if place.zone is None:
        raise BadTrigger(f"The rule {rule.code} runs in hours and needs the time zone of the trigger.")
    return f"hours@{place.zone}"


def calendar_of(rule: Rule, place: Place) -> str | None:
    """A profile with a calendar of its own keeps it; otherwise the seat's goes before the rule's default."""
    named = naming.read(rule.profile)
    return place.calendar or rule.calendar if named.profile.needs else place.calendar


def _capped(rule: Rule, result: Result, second: date | None, place: Place) -> Result:
    if rule.second is None or second is None:
        return result
    capped = _cap(rule, rule.second, second, place)
    if capped.due_safe >= result.due_safe:
        return replace(result, trace=(*result.trace, *_compared(rule, capped, "later: it sets no limit")))
    return replace(capped, trace=(*result.trace, *_compared(rule, capped, "earlier: it decides")))


def _cap(rule: Rule, limit: Second, second: date, place: Place) -> Result:
    span = Period(limit.amount, limit.unit)
    start, period = (end_of(second, span), rule.period) if limit.effect == STARTS_BY else (second, span)
    found = compute(rule.profile, start, period, calendar=calendar_of(rule, place), calendars=place.calendars)
    if limit.effect == ENDS_BY:
        return found
    text = f"{second} + {span.amount} {span.label}: counted from {start} at the latest"
    return replace(found, trace=(Line("shift_trigger", text, start, rule.statute), *found.trace))


def _compared(rule: Rule, capped: Result, outcome: str) -> tuple[Line, ...]:
    name = rule.second.trigger if rule.second else ""
    return (*capped.trace, Line("cap", f"By {name}: {capped.due}, {outcome}", capped.due, rule.statute))


def _remarks(rule: Rule, place: Place, second: date | None) -> tuple[str, ...]:
    said = [rule.note] if rule.note else []
    if rule.status == DRAFT:
        said.append("This rule is a draft: no named lawyer has approved it. Have the entry confirmed.")
    if rule.second is not None and second is None:
        said.append(f"The limit by {rule.second.trigger} was not checked: give its date too.")
    if place.calendar is None and rule.calendar is not None:
        said.append(f"Counted on the calendar {rule.calendar}; give the one of the court's seat.")
    return tuple(said)


def pre_deadline(rule: Rule, due: Moment, place: Place, counted_on: str | None) -> Moment | None:
    """By office rule, before the safe date, and never on a day of rest."""
    if rule.pre_deadline is None:
        return None
    span = Period(rule.pre_deadline.amount, rule.pre_deadline.unit, Direction.BEFORE)
    calendar = place.calendar or counted_on or "weekend"
    return compute("de-vorfrist", due, span, calendar=calendar, calendars=place.calendars).due
