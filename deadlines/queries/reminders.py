"""Reminders of a deadline and of a person, and what became of their mails."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least
from django.utils import timezone

from deadlines.ladder import ONE_DAY, OVERDUE, TAKEN, UNCONFIRMED
from deadlines.models import Deadline, Proposal, Reminder
from lawcrm.models.outbox import OutboxMessage
from lawcrm.prepared import Prepared

KIND = "deadlines.reminder"
# One mail for all that a person is told on a day of entries nobody has confirmed.
LISTED = "deadlines.unconfirmed"
# One mail for all that came to a person within a few minutes, because somebody leaves or passes it on.
TAKEN_OVER, WINDOW = "deadlines.taken_over", timedelta(minutes=5)
OCCASION = "%Y%m%dt%H%M"


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
    return _once(rows.filter(deadline__confirmed_at=None))


def taken_over(person: int, start: datetime) -> list[Reminder]:
    """What came to one person in the minutes from then on, each once, by when they are due."""
    rows = Reminder.objects.filter(recipient=person, state=Reminder.State.HANDED, acknowledged_at=None)
    rows = rows.filter(level=Reminder.Level.OWNER, step__contains=TAKEN)
    return _once(rows.filter(due_at__gte=start, due_at__lt=start + WINDOW))


def _once(rows: QuerySet[Reminder]) -> list[Reminder]:
    rows = rows.filter(deadline__state=Deadline.State.OPEN).select_related("deadline__matter")
    rows = rows.defer("deadline__note", "deadline__trace", "deadline__matter__summary")
    once = {row.deadline_id: row for row in rows.order_by("-level")}
    return sorted(once.values(), key=lambda row: (row.deadline.reminds_by, row.deadline_id))


def mail_states(reminders: list[Reminder]) -> dict[int, str]:
    """What the outbox has done about each reminder handed to it, by a mail of its own or in the list of that day."""
    handed = [row for row in reminders if row.state == Reminder.State.HANDED]
    mails = OutboxMessage.objects.filter(kind=KIND, thing_id__in=[row.pk for row in handed])
    listed = {row.pk: (list_of(row), row.recipient_id) for row in handed if list_of(row)}
    return (_list_states(listed) if listed else {}) | dict(mails.values_list("thing_id", "state"))


def _list_states(listed: dict[int, tuple[tuple[str, str] | None, int | None]]) -> dict[int, str]:
    occasions = {dedupe for place, _person in listed.values() if place for dedupe in place[1:]}
    people = {person for _place, person in listed.values() if person is not None}
    mails = OutboxMessage.objects.filter(kind__in=[LISTED, TAKEN_OVER], thing_id__in=people, dedupe__in=occasions)
    rows = mails.values_list("kind", "dedupe", "thing_id", "state")
    known = {((kind, dedupe), person): state for kind, dedupe, person, state in rows}
    return {row: known[key] for row, key in listed.items() if key in known}


def list_of(reminder: Reminder) -> tuple[str, str] | None:
    """The mail that tells of several at once, by its kind and what the outbox knows it by; else it has its own."""
    if reminder.step.startswith(UNCONFIRMED):
        return LISTED, timezone.localdate(reminder.due_at).isoformat()
    if TAKEN in reminder.step and reminder.level == Reminder.Level.OWNER:
        moment = reminder.due_at.astimezone(UTC)
        return TAKEN_OVER, f"{moment - (moment - datetime.min.replace(tzinfo=UTC)) % WINDOW:{OCCASION}}"
    return None


def occasion(code: str) -> datetime | None:
    """The moment from which what came to a person is told in the mail that the outbox knows by this."""
    try:
        return datetime.strptime(code, OCCASION).replace(tzinfo=UTC)
    except ValueError:
        return None


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
