"""What a person who leaves has in this room: deadlines, deputyships, tasks, reminders of theirs."""

from datetime import datetime

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from deadlines.actions import taking
from deadlines.actions.feeds import revoke_all
from deadlines.actions.withdrawing import cancel_mails, drop_reminders
from deadlines.models import Deadline, Reminder, Task
from deadlines.queries import feeds
from deadlines.queries.reminders import KIND
from lawcrm import audit
from lawcrm.accounts.leaving import Burden, Successor, register, unable
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage

READING = ("deadlines.view_deadline",)
State = Reminder.State


def register_burdens() -> None:
    register(
        Burden(
            code="deadlines",
            words=_("Open deadlines they answer for"),
            count=lambda user: _open().filter(assignee=user).count(),
            end_or_hand_over=_hand_over_deadlines,
            matters=lambda user: _open().filter(assignee=user).values_list("matter", flat=True),
            left=lambda: _open().filter(unable("assignee", READING)).values_list("assignee_id", "matter"),
            needs=READING,
            order=20,
        )
    )
    register(
        Burden(
            code="tasks",
            words=_("Open tasks"),
            count=lambda user: _to_do(user).count(),
            end_or_hand_over=_hand_over_tasks,
            matters=lambda user: _to_do(user).values_list("matter", flat=True),
            left=lambda: _undone().filter(unable("assignee", READING)).values_list("assignee_id", "matter"),
            needs=READING,
            order=30,
        )
    )
    register(
        Burden(
            code="deputyships",
            words=_("Deadlines they are deputy for"),
            count=lambda user: _open().filter(deputy=user).count(),
            end_or_hand_over=_end_deputyships,
            needs=READING,
        )
    )
    register(
        Burden(
            code="feeds",
            words=_("Calendar feeds"),
            count=lambda user: feeds.live().filter(user=user).count(),
            end_or_hand_over=revoke_all,
            needs=READING,
        )
    )


def _open() -> QuerySet[Deadline]:
    return Deadline.objects.filter(state=Deadline.State.OPEN)


def _undone() -> QuerySet[Task]:
    return Task.objects.filter(done_at=None)


def _to_do(user: User) -> QuerySet[Task]:
    return _undone().filter(assignee=user)


def _hand_over_deadlines(user: User, to: Successor | None, _reason: str, now: datetime) -> None:
    """The journal says it once per matter; who is deputy of a deadline they take over is so no more."""
    if to is None:
        return
    taken = list(_open().filter(assignee=user, matter__in=to.matters).values_list("pk", flat=True))
    rows = Deadline.objects.filter(pk__in=taken)
    deputy = Case(When(deputy=to.user, then=Value(None)), default=F("deputy"))
    audit.update(rows, assignee=to.user, deputy=deputy)
    taking.tell_at_once(taken, now)
    pass_reminders(taken, user, to.user)


def _hand_over_tasks(user: User, to: Successor | None, _reason: str, _now: datetime) -> None:
    if to is not None:
        audit.update(_to_do(user).filter(matter__in=to.matters), assignee=to.user)


def _end_deputyships(user: User, _to: Successor | None, _reason: str, _now: datetime) -> None:
    mine = list(_open().filter(deputy=user).values_list("pk", flat=True))
    audit.update(Deadline.objects.filter(pk__in=mine), deputy=None)
    drop_reminders(_unsettled(mine, user))


def _unsettled(deadlines: list[int], user: User) -> QuerySet[Reminder]:
    rows = Reminder.objects.filter(deadline__in=deadlines, recipient=user, acknowledged_at=None)
    return rows.exclude(state=State.CANCELLED)


def pass_reminders(deadlines: list[int], user: User, to: User) -> None:
    """What waits, and what was never sent, goes to the successor; what they have already is not doubled."""
    theirs = Reminder.objects.filter(deadline__in=deadlines, recipient=to).exclude(state=State.CANCELLED)
    held = set(theirs.values_list("deadline_id", "step"))
    rows = list(_unsettled(deadlines, user).values_list("pk", "deadline_id", "step"))
    double = [pk for pk, *key in rows if tuple(key) in held]
    drop_reminders(Reminder.objects.filter(pk__in=double))
    passed = Reminder.objects.filter(pk__in=[pk for pk, *_key in rows]).exclude(pk__in=double)
    sent = OutboxMessage.objects.filter(kind=KIND, thing_id__in=passed.values("pk"), state=OutboxMessage.State.SENT)
    told = Q(pk__in=sent.values("thing_id"))
    unsent = list(passed.filter(state=State.HANDED).exclude(told).values_list("pk", flat=True))
    cancel_mails(unsent)
    Reminder.objects.filter(pk__in=unsent).update(state=State.WAITING, handed_at=None)
    _change_hands(passed, user, to)


def _change_hands(passed: QuerySet[Reminder], user: User, to: User) -> None:
    """A person has a step once: what was cancelled for the successor changes places with what they get."""
    same = passed.filter(deadline=OuterRef("deadline"), step=OuterRef("step"))
    in_the_way = Reminder.objects.filter(Exists(same), recipient=to, state=State.CANCELLED)
    cancelled = Reminder.objects.filter(pk__in=list(in_the_way.values_list("pk", flat=True)))
    cancelled.update(recipient=None)
    passed.update(recipient=to)
    cancelled.update(recipient=user)
