"""What reminds on every working day until somebody acts: deadlines that are overdue."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from deadlines import ladder
from deadlines.actions.reminding import rounds_of, rows_of
from deadlines.models import Reminder
from deadlines.queries import reminders
from deadlines.queries.working_days import WorkingDays

BATCH = 200


def remind_again(*, now: datetime) -> int:
    """Make the step of today for each deadline whose last one is past; answers how many reminders that made."""
    today, days, made, last = timezone.localdate(now), WorkingDays(), 0, 0
    while batch := list(reminders.overdue(today).filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = batch[-1]
        made += _remind(batch, today, days)
    return made


@transaction.atomic
def _remind(batch: list[int], today: date, days: WorkingDays) -> int:
    """Asked again under lock: one that is moved, ended or passed on meanwhile has other reminders, or none."""
    rows = reminders.overdue(today).filter(pk__in=batch).select_related("matter")
    overdue = rows.defer("note", "trace", "matter__summary").select_for_update(of=("self",), no_key=True)
    found = [row for row in overdue if days.of(row.matter).is_open(today)]
    turns = rounds_of(row.pk for row in found)
    made = [step for row in found for step in rows_of(row, ladder.overdue_step(row, today), turns[row.pk])]
    return len(Reminder.objects.bulk_create(made, ignore_conflicts=True))
