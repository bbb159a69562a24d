"""What reminds on every working day until somebody acts: overdue deadlines, critical entries nobody confirmed."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from deadlines import ladder
from deadlines.actions import escalating
from deadlines.actions.reminding import rounds_of, rows_of
from deadlines.models import Deadline, Reminder
from deadlines.queries import reminders
from deadlines.queries.working_days import WorkingDays

BATCH = 200
Level = Reminder.Level
# Told from the second, third and fourth working day on, beside those of the days before.
ABOVE = (Level.LAWYER, Level.DOCKET, Level.PARTNERS)


def remind_again(*, now: datetime) -> int:
    """Make the steps of today; answers how many reminders that made. Whoever is told of one already gets no other."""
    today = timezone.localdate(now)
    return _in_batches(ladder.OVERDUE, today, now) + _in_batches(ladder.UNCONFIRMED, today, now)


def _in_batches(name: str, today: date, now: datetime) -> int:
    days, made, last = WorkingDays(), 0, 0
    while batch := list(reminders.daily(name, today).filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = batch[-1]
        made += _remind(name, batch, days, today, now)
    return made


@transaction.atomic
def _remind(name: str, batch: list[int], days: WorkingDays, today: date, now: datetime) -> int:
    """Asked again under lock: one that is moved, ended or passed on meanwhile has other reminders, or none."""
    rows = reminders.daily(name, today).filter(pk__in=batch).select_related("matter")
    locked = rows.defer("note", "trace", "matter__summary").select_for_update(of=("self",), no_key=True)
    found = [row for row in locked if days.of(row.matter).is_open(today)]
    turns = rounds_of([row.pk for row in found])
    made = [step for row in found for step in _steps(name, row, turns[row.pk], days.of(row.matter), now)]
    return len(Reminder.objects.bulk_create(made, ignore_conflicts=True))


def _steps(name: str, deadline: Deadline, turn: int, days: ladder.OpenDays, now: datetime) -> list[Reminder]:
    """Of today: what is overdue goes up later in the day, what is unconfirmed is as far up as it is old."""
    today, is_overdue = timezone.localdate(now), name == ladder.OVERDUE
    since = deadline.reminds_by if is_overdue else timezone.localdate(deadline.entered_at)
    rows = rows_of(deadline, ladder.daily_step(deadline, name, since, today), turn)
    age = 0 if is_overdue else ladder.working_days_since(since, today, days)
    return rows + _above(deadline, rows[0], ABOVE[: max(age - 1, 0)], now)


def _above(deadline: Deadline, first: Reminder, levels: tuple[Reminder.Level, ...], now: datetime) -> list[Reminder]:
    """The same step for those further up, each of whom is told once of it."""
    told, rows = {deadline.assignee_id, deadline.deputy_id}, []
    for level in levels:
        people = escalating.people_of(deadline, level, now) - told
        told |= people
        rows += escalating.rows_for(deadline, f"{first.step}{escalating.UP}{level}", level, people, first.due_at)
    return rows
