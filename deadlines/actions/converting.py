"""A task becomes a deadline, a deadline a task: never by accident, and both stay to be seen."""

from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from deadlines.actions.ending import strike_deadline
from deadlines.actions.entering import Entry, enter_deadline
from deadlines.actions.refused import locked, locked_task, require_reason
from deadlines.actions.todo import add_task, finish_task
from deadlines.engine.trace import Moment
from deadlines.models import Deadline, Task
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused


class OtherMatter(Refused):
    def __init__(self) -> None:
        super().__init__(_("A task becomes a deadline of its own matter."))


@audit.attempt("task.became_deadline", on="task")
def task_to_deadline(*, actor: User, task: Task, entry: Entry, reason: str, now: datetime) -> Deadline:
    """The task is done by it; the deadline is entered like any other and waits for its confirmation."""
    reason = require_reason(reason)
    found = locked_task(task)
    if entry.matter.pk != found.matter_id:
        raise OtherMatter
    deadline = enter_deadline(actor=actor, entry=entry, now=now)
    finish_task(actor=actor, task=found, now=now)
    audit.record("task.became_deadline", found, reason=reason, deadline_id=deadline.pk)
    return deadline


@audit.attempt("deadline.became_task", on="deadline")
def deadline_to_task(  # noqa: PLR0913 - what a person says about it
    *,
    actor: User,
    deadline: Deadline,
    seen: Moment,
    reason: str,
    once: UUID,
    assignee: User | None,
    group: Group | None,
    due_on: date | None,
    now: datetime,
) -> Task:
    """The deadline is struck for the reason given and stays in the book; nothing reminds of the task."""
    found = locked(deadline, seen)
    task = add_task(
        actor=actor,
        once=once,
        matter=found.matter,
        title=found.title,
        assignee=assignee,
        group=group,
        due_on=due_on,
        now=now,
    )
    strike_deadline(actor=actor, deadline=found, seen=seen, reason=require_reason(reason), now=now)
    audit.record("deadline.became_task", found, reason=reason, task_id=task.pk)
    return task
