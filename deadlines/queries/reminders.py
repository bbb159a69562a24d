"""Reminders of a deadline and of a person, and what became of their mails."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least
from django.utils import timezone

from deadlines.ladder import ONE_DAY, OVERDUE, UNCONFIRMED
from deadlines.models import Deadline, Proposal, Reminder
from lawcrm.models.outbox import OutboxMessage
from lawcrm.prepared import Prepared

KIND = "deadlines.reminder"
# One mail for all that a person is told on a day of entries nobody has confirmed.
LISTED = "deadlines.unconfirmed"


def of_deadline(deadline: Deadline) -> QuerySet[Reminder]:
    """Of a practice group's steps those to come; those past stand as what each member was told."""
    rows = Reminder.objects.filter(deadline=deadline).exclude(recipient=None, state=Reminder.State.HANDED)
    return rows.select_related("recipient").order_by("due_at", "pk")


def daily(name: str, today: date) -> QuerySet[Deadline]:
    """Open ones that want a step of this name, and have none of whatever name today; by age of the entry."""
    wanted = due_before(today) if name == OVERDUE else _unconfirmed(today)
    return Deadline.objects.filter(wanted, ~Exists(_told_on(today)), state=Deadline.State.OPEN).order_by("pk")


def due_before(day: date) -> Q:
    """By their date or an earlier one that is proposed, as they are reminded by."""
    return due_or_among(day, proposed_before(day))


def due_or_among(day: date, proposed: Sequence[int]) -> Q:
    return Q(due_on__lt=day) | Q(pk__in=proposed)


def proposed_before(day: date) -> list[int]:
    return _proposed(new_on__lt=day)


def proposed_for(day: date) -> Q:
    """Open ones that would be due on this day."""
    return Q(pk__in=_proposed(new_on=day), state=Deadline.State.OPEN)


def _unconfirmed(today: date) -> Q:
    """Critical, still to come, and entered before today, on which a second person might have confirmed it."""
    waits = Q(confirmed_at=None, criticality=Deadline.Criticality.CRITICAL)
    return waits & Q(entered_at__lt=_midnight(today), due_on__gte=today)


def incomplete(now: datetime) -> QuerySet[Deadline]:
    """Open ones still to come of which nothing waits, or that a clock ahead of this one had to do with."""
    of_it = Reminder.objects.filter(deadline=OuterRef("pk"), level=Reminder.Level.OWNER)
    waits = Exists(of_it.filter(state=Reminder.State.WAITING))
    early = Reminder.objects.filter(state=Reminder.State.HANDED, due_at__gt=now)
    by_wrong_clock = Q(entered_at__gt=now) | Q(pk__in=early.values("deadline_id"))
    rows = Deadline.objects.filter(~waits | by_wrong_clock, state=Deadline.State.OPEN)
    return rows.filter(due_on__gte=timezone.localdate(now)).order_by("pk")


def _proposed(**when: date) -> list[int]:
    """Deadlines that would be due then by what is proposed. Few, and asked first: `or` finds an index so."""
    rows = Proposal.objects.filter(state=Proposal.State.OPEN, **when)
    return list(rows.values_list("deadline_id", flat=True))


def _told_on(day: date) -> QuerySet[Reminder]:
    """Steps of the deadline in question that fall on this day and still count."""
    steps = Reminder.objects.filter(deadline=OuterRef("pk"), level=Reminder.Level.OWNER)
    steps = steps.filter(due_at__gte=_midnight(day), due_at__lt=_midnight(day + ONE_DAY))
    return steps.exclude(state=Reminder.State.CANCELLED)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def listed(person: int, day: date) -> list[Reminder]:
    """What one person is told that day of entries nobody has confirmed, each once, by when they are due."""
    rows = Reminder.objects.filter(recipient=person, state=Reminder.State.HANDED, acknowledged_at=None)
    rows = rows.filter(step__startswith=UNCONFIRMED, due_at__gte=_midnight(day), due_at__lt=_midnight(day + ONE_DAY))
    rows = rows.filter(deadline__state=Deadline.State.OPEN, deadline__confirmed_at=None)
    rows = rows.select_related("deadline__matter").defer(
        "deadline__note", "deadline__trace", "deadline__matter__summary"
    )
    once = {row.deadline_id: row for row in rows.order_by("-level")}
    return sorted(once.values(), key=lambda row: (row.deadline.reminds_by, row.deadline_id))


def mail_states(reminders: list[Reminder]) -> dict[int, str]:
    """What the outbox has done about each reminder handed to it, by a mail of its own or in the list of that day."""
    handed = [row for row in reminders if row.state == Reminder.State.HANDED]
    mails = OutboxMessage.objects.filter(kind=KIND, thing_id__in=[row.pk for row in handed])
    listed = {row.pk: (row.recipient_id, day_of(row)) for row in handed if row.step.startswith(UNCONFIRMED)}
    return dict(mails.values_list("thing_id", "state")) | (_list_states(listed) if listed else {})


def _list_states(listed: dict[int, tuple[int | None, str]]) -> dict[int, str]:
    people, days = zip(*listed.values(), strict=True)
    mails = OutboxMessage.objects.filter(kind=LISTED, thing_id__in=people, dedupe__in=days)
    known = {(person, day): state for person, day, state in mails.values_list("thing_id", "dedupe", "state")}
    return {row: known[key] for row, key in listed.items() if key in known}


def day_of(reminder: Reminder) -> str:
    """By which a person's list of that day is known to the outbox."""
    return timezone.localdate(reminder.due_at).isoformat()


def unacknowledged(user_id: int, most: int = 3) -> list[tuple[Deadline, str]]:
    """Open deadlines this person was told of and has not acknowledged, most urgent first; and as whom, above owner."""
    found: list[Any] = _UNACKNOWLEDGED.ask(most, user=user_id)
    return [(row, str(Reminder.Level(row.told_level).label) if row.told_level else "") for row in found]


def _unacknowledged(most: int, *, user: int) -> QuerySet[Deadline]:
    told = Reminder.objects.filter(recipient=user, state=Reminder.State.HANDED, acknowledged_at=None)
    rows = Deadline.objects.filter(pk__in=told.values("deadline_id"), state=Deadline.State.OPEN)
    highest = told.filter(deadline=OuterRef("pk")).order_by("-level").values("level")[:1]
    rows = rows.annotate(told_level=Subquery(highest)).select_related("matter")
    return rows.defer("note", "trace", "matter__summary").order_by(Least("due_on", "proposed_on"), "pk")[:most]


_UNACKNOWLEDGED = Prepared(_unacknowledged)
