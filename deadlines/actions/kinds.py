"""What each kind of entry is held to, so that none is taken for another."""

from datetime import date, time
from typing import Protocol

from django.utils.translation import gettext as _

from deadlines.models import Deadline
from matters.actions.refused import Refused

Kind = Deadline.Kind
EXTENDABLE = (Kind.STATUTORY, Kind.COURT_FIXED)
LIMITATION_RULE = "limitation"  # as the packs call it
BY_RULE = (Kind.STATUTORY, Kind.LIMITATION, Kind.PRE_DEADLINE)


class NotByRule(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("Only deadlines of the law are computed by a rule. What a court or an appointment fixed is a known date.")
        )


class RuleOfLimitation(Refused):
    def __init__(self) -> None:
        super().__init__(_("This rule is one of limitation: enter its date as a limitation period."))


class RuleCritical(Refused):
    def __init__(self) -> None:
        super().__init__(_("By its rule, missing this date can cost the case: enter it as critical."))


class FollowUpNotCritical(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("A follow-up is never critical. What can cost the case is entered as the deadline it is, under its kind.")
        )


class LimitationCritical(Refused):
    def __init__(self) -> None:
        super().__init__(_("A limitation period is always critical: a claim that is barred is lost."))


class WithoutHour(Refused):
    def __init__(self) -> None:
        super().__init__(_("An appointment has an hour: give the time."))


class NotRecurring(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only a follow-up comes again. A deadline is entered each time, with its own trigger."))


class NotExtendable(Refused):
    def __init__(self) -> None:
        super().__init__(_("A court extends deadlines only. Move the date, and say why."))


class Described(Protocol):
    """What the rules look at."""

    @property
    def kind(self) -> Deadline.Kind: ...
    @property
    def criticality(self) -> Deadline.Criticality: ...
    @property
    def due_on(self) -> date: ...
    @property
    def due_time(self) -> time | None: ...
    @property
    def rule_code(self) -> str: ...
    @property
    def at_stake(self) -> str: ...
    @property
    def repeat(self) -> str: ...


def require_kind(entry: Described) -> None:
    critical = entry.criticality == Deadline.Criticality.CRITICAL
    if entry.rule_code and entry.kind not in BY_RULE:
        raise NotByRule
    if entry.kind != Kind.PRE_DEADLINE:
        _require_what_is_at_stake(entry, critical=critical)
    if entry.kind == Kind.FOLLOW_UP and critical:
        raise FollowUpNotCritical
    if entry.kind == Kind.LIMITATION and not critical:
        raise LimitationCritical
    if entry.kind == Kind.APPOINTMENT and entry.due_time is None:
        raise WithoutHour
    if entry.repeat and entry.kind != Kind.FOLLOW_UP:
        raise NotRecurring


def _require_what_is_at_stake(entry: Described, *, critical: bool) -> None:
    """A rule is made light of by changing the rule, which two people answer for, and not entry by entry."""
    if entry.at_stake == LIMITATION_RULE and entry.kind != Kind.LIMITATION:
        raise RuleOfLimitation
    if entry.at_stake == Deadline.Criticality.CRITICAL and not critical:
        raise RuleCritical


def require_extendable(deadline: Deadline) -> None:
    if deadline.kind not in EXTENDABLE:
        raise NotExtendable
