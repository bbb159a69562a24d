"""Adding a task and getting it done."""

from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from deadlines.actions.refused import MatterGone, locked_matter, require_answering
from deadlines.models import PlanUse, Task
from deadlines.queries import team
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import FormUsed
from matters.models import Matter


@transaction.atomic
def add_task(  # noqa: PLR0913 - the parts of a task
    *,
    actor: User,
    once: UUID,
    matter: Matter,
    title: str,
    assignee: User | None = None,
    group: Group | None = None,
    due_on: date | None,
    plan_use: PlanUse | None = None,
    now: datetime,
) -> Task:
    """The same form sent twice adds one task."""
    matter = locked_matter(matter.pk)
    if (known := Task.objects.filter(public_id=once, matter=matter).first()) is not None:
        if known.title != title:
            raise FormUsed
        return known
    require_answering(matter, timezone.localdate(now), assignee, group)
    task = Task(public_id=once, matter=matter, title=title, assignee=assignee, group=group, due_on=due_on)
    task.created_by, task.plan_use = actor, plan_use
    task.save()
    audit.record("task.added", task, matter_id=matter.pk)
    return task


@transaction.atomic
def finish_task(*, actor: User, task: Task, now: datetime) -> Task:
    return _set(task, actor, now)


@transaction.atomic
def reopen_task(*, actor: User, task: Task) -> Task:  # noqa: ARG001 - the trail knows the actor
    return _set(task, None, None)


def _set(task: Task, by: User | None, at: datetime | None) -> Task:
    """Saying again what is so already changes nothing."""
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task.pk)
    if not team.may_work(task.matter_id):
        raise MatterGone
    if (task.done_at is None) != (at is None):
        task.done_by, task.done_at = by, at
        task.save()
        audit.record("task.done" if at else "task.reopened", task)
    return task
