"""Reminders: made with the deadline, handed to the outbox when due, acknowledged by those reminded."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction

from deadlines import ladder
from deadlines.actions import docket, escalating, teams
from deadlines.models import Deadline, Reminder
from deadlines.queries import reminders
from deadlines.queries.reminders import KIND
from deadlines.queries.working_days import WorkingDays
from lawcrm import access, audit, outbox
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage

BATCH = 200
GATHERING = timedelta(minutes=2)
State, Mail = Reminder.State, OutboxMessage.State


def make_reminders(deadline: Deadline, now: datetime) -> None:
    """One per step and person, in the caller's transaction. Each move starts a new round of them.

    A practice group has one row per step; its members get theirs when the step is due.
    """
    _make(deadline, ladder.still_ahead(deadline, now, WorkingDays().of(deadline.matter)))


def make_for_successor(deadline: Deadline, now: datetime) -> None:
    """As of a new entry, but what is told at once comes in one mail with whatever else came to them."""
    days = WorkingDays().of(deadline.matter)
    at_once = ladder.on_taking_over(deadline, now, days)
    to_come = [step for step in ladder.steps(deadline, days) if step.at > now]
    _make(deadline, [at_once, *to_come] if at_once else to_come)


def _make(deadline: Deadline, steps: list[ladder.Step]) -> None:
    turn = rounds_of([deadline.pk])[deadline.pk] + 1
    Reminder.objects.bulk_create(row for step in steps for row in rows_of(deadline, step, turn))


def rounds_of(deadlines: list[int]) -> defaultdict[int, int]:
    """How often the reminders of each were made."""
    found: defaultdict[int, int] = defaultdict(int)
    held = Reminder.objects.filter(deadline__in=deadlines, level=Reminder.Level.OWNER)
    for deadline, step in held.values_list("deadline_id", "step"):
        found[deadline] = max(found[deadline], int(step.rpartition(".")[2]))
    return found


def rows_of(deadline: Deadline, step: ladder.Step, turn: int) -> list[Reminder]:
    """A step of this round, to whom the deadline belongs."""
    people = dict.fromkeys([deadline.assignee_id, *([deadline.deputy_id] if deadline.deputy_id else [])])
    return [
        Reminder(
            deadline=deadline,
            matter_id=deadline.matter_id,
            recipient_id=user,
            step=f"{step.name}.{turn}",
            due_at=step.at,
        )
        for user in people
    ]


def settle_reminders(deadline: Deadline, reason: str) -> None:
    """Nobody is reminded any more of what was done, struck or moved, not even by what waits in the outbox."""
    open_rows = Reminder.objects.filter(deadline=deadline, acknowledged_at=None).exclude(state=State.CANCELLED)
    settled = list(open_rows.values_list("pk", flat=True))
    open_rows.update(state=State.CANCELLED)
    docket.clear(deadline)
    outbox.cancel(OutboxMessage.objects.filter(kind=KIND, thing_id__in=settled), reason=reason)


def hand_over(*, now: datetime) -> int:
    """Hand every due reminder to the outbox, a batch at a time; of several runs at once each takes its own."""
    handed = 0
    while taken := _hand_batch(now):
        handed += taken
    return handed


@transaction.atomic
def _hand_batch(now: datetime) -> int:
    due = Reminder.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at", "pk")
    batch = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    grouped = teams.tell_members([reminder for reminder in batch if reminder.recipient_id is None], now)
    for reminder in batch:
        if reminder.recipient_id is None:
            continue
        _put(reminder, outbox.staff(reminder.recipient_id), now)
    escalating.set_next(batch, now)
    for reminder in batch:
        if reminder.pk in grouped:
            reminder.next_at = None
        reminder.state, reminder.handed_at = State.HANDED, now
    return Reminder.objects.bulk_update(batch, ["state", "handed_at", "next_at"])


def _put(reminder: Reminder, recipient: outbox.Recipient, now: datetime) -> None:
    """Anew: what was taken back from somebody unsent, and has come back to them, is told them after all."""
    if (place := reminders.list_of(reminder)) and _joins(place, recipient, now):
        return
    outbox.put(
        kind=KIND, recipient=recipient, thing_id=reminder.pk, matter_id=reminder.matter_id, not_before=now, anew=True
    )


def _joins(place: tuple[str, str], recipient: outbox.Recipient, now: datetime) -> bool:
    """A list waits a moment for what comes beside; what comes after it went out has a mail of its own."""
    kind, code = place
    mail = outbox.put(
        kind=kind, recipient=recipient, thing_id=recipient.id, dedupe=code, not_before=now + GATHERING, anew=True
    )
    return mail.state not in {Mail.SENT, Mail.CLAIMED, Mail.FAILED}


def settle_unconfirmed(deadline: Deadline) -> None:
    """Somebody has confirmed it; the list of the day leaves it out."""
    rows = Reminder.objects.filter(deadline=deadline, step__startswith=ladder.UNCONFIRMED, acknowledged_at=None)
    rows.update(state=State.CANCELLED, next_at=None)


@transaction.atomic
def acknowledge(*, actor: User, deadline: Deadline, now: datetime) -> int:
    """The person has seen what they were reminded of, and it goes no further up; how many reminders that settled."""
    told = Reminder.objects.filter(deadline=deadline, recipient=actor, state=State.HANDED, acknowledged_at=None)
    settled = told.update(acknowledged_at=now, next_at=None)
    if settled:
        docket.clear(deadline)
        audit.record("deadline.acknowledged", deadline, settled=settled)
    return settled


def still_to_tell(reminder: Reminder, recipient: User) -> bool:
    """Asked as the recipient: a wall raised since hides the deadline. Locked until the mail is out."""
    rows = Deadline.objects.filter(pk=reminder.deadline_id, state=Deadline.State.OPEN)
    if reminder.level > Reminder.Level.OWNER:
        deadline = rows.select_for_update(of=("self",), no_key=True).first()
        return deadline is not None and escalating.may_be_told(deadline, reminder.level, recipient)
    with access.as_user(recipient, source="job"):
        told = rows.all().filter(teams.still_told(recipient))
        return told.select_for_update(of=("self",), no_key=True).exists()
