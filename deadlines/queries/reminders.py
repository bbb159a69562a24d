"""Reminders of a deadline and of a person, and what became of their mails."""

from django.db.models import OuterRef, QuerySet, Subquery

from deadlines.models import Deadline, Reminder
from lawcrm.models.outbox import OutboxMessage

KIND = "deadlines.reminder"


def of_deadline(deadline: Deadline) -> QuerySet[Reminder]:
    """Of a practice group's steps those to come; those past stand as what each member was told."""
    rows = Reminder.objects.filter(deadline=deadline).exclude(recipient=None, state=Reminder.State.HANDED)
    return rows.select_related("recipient").order_by("due_at", "pk")


def mail_states(reminders: list[Reminder]) -> dict[int, str]:
    """What the outbox has done about each reminder handed to it."""
    handed = [row.pk for row in reminders if row.state == Reminder.State.HANDED]
    mails = OutboxMessage.objects.filter(kind=KIND, thing_id__in=handed)
    return dict(mails.values_list("thing_id", "state"))


def unacknowledged(user_id: int, most: int = 3) -> list[tuple[Deadline, str]]:
    """Open deadlines this person was told of and has not acknowledged, most urgent first; and as whom, above owner."""
    told = Reminder.objects.filter(recipient=user_id, state=Reminder.State.HANDED, acknowledged_at=None)
    rows = Deadline.objects.filter(pk__in=told.values("deadline_id"), state=Deadline.State.OPEN)
    highest = told.filter(deadline=OuterRef("pk")).order_by("-level").values("level")[:1]
    rows = rows.annotate(told_level=Subquery(highest)).select_related("matter")
    found = rows.defer("note", "trace", "matter__summary").order_by("due_on", "pk")[:most]
    return [(row, str(Reminder.Level(row.told_level).label) if row.told_level else "") for row in found]
