"""What set a deadline off was another day: noted at once, while the date waits for a person."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines.actions import recomputing
from deadlines.actions.refused import locked, require_reason
from deadlines.actions.renewing import open_pre_deadline
from deadlines.engine.trace import Moment
from deadlines.models import Deadline, Source
from deadlines.queries import computing
from deadlines.queries import recomputing as queries
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused


class NotComputed(Refused):
    def __init__(self) -> None:
        super().__init__(_("This date follows from no rule. Move the deadline instead."))


class NotComputable(Refused):
    """What the engine said, in its words."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Whether another date follows from it and was proposed, and whether it has yet to happen."""

    is_proposed: bool
    is_ahead: bool


@audit.attempt("deadline.trigger_changed", on="deadline")
def change_trigger(  # noqa: PLR0913 - what a person says about it
    *,
    actor: User,
    deadline: Deadline,
    seen: Moment,
    trigger_on: date,
    trigger_time: time | None = None,
    second_on: date | None,
    reason: str,
    now: datetime,
) -> Noted:
    """The pre-deadline follows its deadline."""
    reason = require_reason(reason)
    deadline = locked(deadline, seen)
    if not deadline.rule_code:
        raise NotComputed
    before = deadline.trigger_on
    cause = recomputing.Cause(Source.TRIGGER, reason, actor.pk)
    pre_deadline = open_pre_deadline(deadline)
    concerned = [deadline] if pre_deadline is None else [deadline, pre_deadline]
    for row in concerned:
        row.trigger_on, row.trigger_time, row.second_on = trigger_on, trigger_time, second_on
        row.save()
    outcome = queries.outcome_of(deadline, computing.Ground(today=timezone.localdate(now)))
    if outcome.due_on is None:
        raise NotComputable(outcome.words)
    if _stands(deadline, outcome):
        deadline.trace, deadline.latest_on = outcome.trace, outcome.latest_on
        deadline.save()
    audit.record("deadline.trigger_changed", deadline, reason=reason, before=before, trigger_on=trigger_on)
    made = recomputing.propose_now(deadlines=concerned, cause=cause, now=now)
    return Noted(bool(made), outcome.found is not None and outcome.found.is_ahead)


def _stands(deadline: Deadline, outcome: queries.Outcome) -> bool:
    """The rule gives what it gave, and nothing else was entered instead."""
    as_computed = deadline.computed_on == deadline.due_on
    return as_computed and outcome.due_on == deadline.due_on and outcome.due_time in {None, deadline.due_time}
