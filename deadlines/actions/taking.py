"""Whoever takes over from somebody who leaves is told at once of what cannot wait, in one mail for all of it."""

from datetime import datetime

from deadlines import ladder
from deadlines.actions.reminding import rounds_of, rows_of
from deadlines.actions.withdrawing import drop_reminders
from deadlines.models import Deadline, DocketEntry, Reminder
from deadlines.queries.working_days import WorkingDays


def tell_at_once(deadlines: list[int], now: datetime) -> None:
    """In the place of what was told or asked of them before, whoever had acknowledged it; steps to come stay."""
    days, steps = WorkingDays(), {}
    rows = Deadline.objects.filter(pk__in=deadlines).select_related("matter")
    for deadline in rows.defer("note", "trace", "matter__summary").order_by("pk"):
        if step := ladder.on_taking_over(deadline, now, days.of(deadline.matter)):
            steps[deadline] = step
    keys = [deadline.pk for deadline in steps]
    _end_past_steps(keys, now)
    turns = rounds_of(keys)
    Reminder.objects.bulk_create(
        row for deadline, step in steps.items() for row in rows_of(deadline, step, turns[deadline.pk] + 1)
    )


def _end_past_steps(deadlines: list[int], now: datetime) -> None:
    """Nobody is asked any more about them, at whatever level."""
    rows = Reminder.objects.filter(deadline__in=deadlines, due_at__lte=now, acknowledged_at=None)
    drop_reminders(rows.exclude(state=Reminder.State.CANCELLED))
    DocketEntry.objects.filter(reminder__deadline__in=deadlines).delete()
