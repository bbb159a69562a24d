"""Reminders of a deadline and of a person, and what became of their mails."""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from deadlines.models import Deadline, Proposal, Reminder
from lawcrm.models.outbox import OutboxMessage

KIND = "deadlines.reminder"


def of_deadline(deadline: Deadline) -> QuerySet[Reminder]:
    """Of a practice group's steps those to come; those past stand as what each member was told."""
    rows = Reminder.objects.filter(deadline=deadline).exclude(recipient=None, state=Reminder.State.HANDED)
    return rows.select_related("recipient").order_by("due_at", "pk")


def overdue(today: date) -> QuerySet[Deadline]:
    """Open ones past the day they are reminded by, with no step of their own today; by age of the entry."""
    passed = Q(due_on__lt=today) | Q(pk__in=proposed_before(today))
    return Deadline.objects.filter(passed, ~Exists(_told_on(today)), state=Deadline.State.OPEN).order_by("pk")


def proposed_before(day: date) -> list[int]:
    """Deadlines that would be due before this day by what is proposed. Few, and asked first: `or` finds an index so."""
    rows = Proposal.objects.filter(state=Proposal.State.OPEN, new_on__lt=day)
    return list(rows.values_list("deadline_id", flat=True))


def _told_on(day: date) -> QuerySet[Reminder]:
    """Steps of the deadline in question that fall on this day and still count."""
    midnight = timezone.make_aware(datetime.combine(day, time()))
    steps = Reminder.objects.filter(deadline=OuterRef("pk"), level=Reminder.Level.OWNER)
    steps = steps.filter(due_at__gte=midnight, due_at__lt=midnight + timedelta(days=1))
    return steps.exclude(state=Reminder.State.CANCELLED)


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
