"""Somebody else answers for a deadline from now on, or a task is for somebody else."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines.actions.refused import locked, locked_task, require_answering, require_reason
from deadlines.actions.reminding import make_for_successor, settle_reminders
from deadlines.models import Deadline, Task
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused


class PassedMeanwhile(Refused):
    def __init__(self) -> None:
        super().__init__(_("Somebody passed this on while you looked at it. See who has it now, then try again."))


class TheirsAlready(Refused):
    def __init__(self) -> None:
        super().__init__(_("That is how it stands already. Choose somebody else."))


@dataclass(frozen=True, kw_only=True)
class Holders:
    """A person or a practice group, and of a deadline perhaps a deputy."""

    assignee: User | None = None
    group: Group | None = None
    deputy: User | None = None

    def take(self, entry: Deadline | Task) -> dict[str, int | None]:
        """What the journal keeps of it: the ids before and after."""
        names = ("assignee", "group", "deputy") if isinstance(entry, Deadline) else ("assignee", "group")
        before = {f"{name}_before": getattr(entry, f"{name}_id") for name in names}
        for name in names:
            setattr(entry, name, getattr(self, name))
        return before | {name: getattr(entry, f"{name}_id") for name in names}


@audit.attempt("deadline.passed_on", on="deadline")
def pass_on(  # noqa: PLR0913 - what a person says about it
    *,
    actor: User,  # noqa: ARG001 - the trail knows the actor
    deadline: Deadline,
    seen: str,
    to: Holders,
    reason: str,
    now: datetime,
) -> Deadline:
    """The date and its confirmation stay. Who answers now is reminded anew, and at once of what cannot wait."""
    reason = require_reason(reason)
    deadline = locked(deadline)
    facts = _passed(deadline, seen, to, now)
    settle_reminders(deadline, "passed-on")
    make_for_successor(deadline, now)
    audit.record("deadline.passed_on", deadline, reason=reason, **facts)
    return deadline


@audit.attempt("task.passed_on", on="task")
def pass_task(  # noqa: PLR0913 - what a person says about it
    *,
    actor: User,  # noqa: ARG001 - the trail knows the actor
    task: Task,
    seen: str,
    to: Holders,
    reason: str,
    now: datetime,
) -> Task:
    reason = require_reason(reason)
    task = locked_task(task)
    facts = _passed(task, seen, to, now)
    audit.record("task.passed_on", task, reason=reason, **facts)
    return task


def _passed(entry: Deadline | Task, seen: str, to: Holders, now: datetime) -> dict[str, int | None]:
    if entry.held_by != seen:
        raise PassedMeanwhile
    require_answering(entry.matter, timezone.localdate(now), to.assignee, to.group, to.deputy)
    facts = to.take(entry)
    if entry.held_by == seen:
        raise TheirsAlready
    entry.save()
    return facts
