"""Reminders that should wait and do not, because the clock was ahead when they were arranged or handed over."""

import logging
from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import F

from deadlines import ladder
from deadlines.actions.reminding import rounds_of, rows_of
from deadlines.models import Deadline, Reminder
from deadlines.queries import reminders
from deadlines.queries.working_days import WorkingDays

logger = logging.getLogger(__name__)
BATCH = 200
State = Reminder.State


def complete(*, now: datetime) -> int:
    """Of every open deadline the steps to come wait, whatever was done before; answers how many were missing."""
    days, made, last = WorkingDays(), 0, 0
    while batch := list(reminders.incomplete(now).filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = batch[-1]
        made += _complete(batch, days, now)
    if made:
        logger.warning("%d reminders were missing and wait now; was the clock of this machine ahead?", made)
    return made


@transaction.atomic
def _complete(batch: list[int], days: WorkingDays, now: datetime) -> int:
    """A new round of them, in place of what waits; what was handed over early counts as of now.

    What by a clock ahead of this one was to come at once comes now, unless its step is still to come.
    """
    rows = reminders.incomplete(now).filter(pk__in=batch).select_related("matter")
    found = list(rows.defer("note", "trace", "matter__summary").select_for_update(of=("self",), no_key=True))
    _hold(found)
    turns, waiting = rounds_of([row.pk for row in found]), _waiting(found, now)
    made, to_come = [], {}
    for row in found:
        wanted = _to_come(row, turns[row.pk] + 1, days.of(row.matter), now)
        to_come[row.pk] = {_name(step.step) for step in wanted}
        if wanted and {(step.recipient_id, step.due_at) for step in wanted} != waiting[row.pk]:
            made += wanted
    _at_once(to_come, now)
    renewed = Reminder.objects.filter(deadline__in={step.deadline_id for step in made}, due_at__gt=now)
    renewed.filter(state=State.WAITING).update(state=State.CANCELLED)
    Reminder.objects.filter(deadline__in=found, state=State.HANDED, due_at__gt=now).update(due_at=now)
    return len(Reminder.objects.bulk_create(made))


def _hold(deadlines: list[Deadline]) -> None:
    """Whoever is handing a step over ends first: for a group that writes rows of its members, due as the step was."""
    rows = Reminder.objects.filter(deadline__in=deadlines, state=State.WAITING).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _at_once(to_come: dict[int, set[str]], now: datetime) -> None:
    early = Reminder.objects.filter(deadline__in=to_come, level=Reminder.Level.OWNER, state=State.WAITING)
    early = early.filter(due_at__gt=now, due_at__lte=F("deadline__entered_at"))
    rows = early.values_list("pk", "deadline_id", "step")
    passed = [pk for pk, deadline, step in rows if _name(step) not in to_come[deadline]]
    Reminder.objects.filter(pk__in=passed).update(due_at=now)


def _name(step: str) -> str:
    """Without the round it was made in."""
    return step.partition(".")[0]


def _waiting(deadlines: list[Deadline], now: datetime) -> defaultdict[int, set[tuple[int | None, datetime]]]:
    """For whom and when, by deadline; what is due is handed over as it stands."""
    found: defaultdict[int, set[tuple[int | None, datetime]]] = defaultdict(set)
    rows = Reminder.objects.filter(deadline__in=deadlines, state=State.WAITING, due_at__gt=now)
    for deadline, recipient, due_at in rows.values_list("deadline_id", "recipient_id", "due_at"):
        found[deadline].add((recipient, due_at))
    return found


def _to_come(deadline: Deadline, turn: int, days: ladder.OpenDays, now: datetime) -> list[Reminder]:
    steps = [step for step in ladder.steps(deadline, days) if step.at > now]
    return [row for step in steps for row in rows_of(deadline, step, turn)]
