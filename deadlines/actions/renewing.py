"""A pre-deadline follows its deadline: the old one is struck, a new one entered before the new date."""

from datetime import date, datetime
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines import ladder
from deadlines.actions.reminding import make_reminders, settle_reminders
from deadlines.models import Deadline
from deadlines.queries import computing
from deadlines.queries.working_days import WorkingDays
from lawcrm import audit
from lawcrm.accounts.models import User

CARRIED = (
    *("matter", "sealed_for", "kind", "criticality", "title", "time_zone", "note", "court", "plan_use"),
    *("assignee", "group", "deputy", "rule_code", "trigger_on", "trigger_label", "second_on", "computed_on"),
)


def pre_deadline_of(once: UUID) -> UUID:
    """The public id of the pre-deadline that was entered with a deadline, or in place of another pre-deadline."""
    return uuid5(once, "pre-deadline")


def open_pre_deadline(deadline: Deadline) -> Deadline | None:
    """The last of those entered one after the other, locked, while it is open."""
    last, following = None, _known(deadline.public_id)
    while following is not None:
        last, following = following, _known(following.public_id)
    return last if last is not None and last.state == Deadline.State.OPEN else None


def _known(before: UUID) -> Deadline | None:
    rows = Deadline.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(public_id=pre_deadline_of(before), kind=Deadline.Kind.PRE_DEADLINE).first()


def renew(*, actor: User, deadline: Deadline, before: date, now: datetime, only_if_late: bool = False) -> None:
    """In the transaction that moves the deadline away from `before`, as a new entry of whoever moves it.

    One that would lie before today is not entered, as at first entry.
    """
    old = open_pre_deadline(deadline)
    if old is None or (only_if_late and old.due_on <= deadline.due_on):
        return
    due_on = _new_date(deadline, old, before)
    if due_on == old.due_on:
        return
    _strike(old, actor, now)
    if due_on >= timezone.localdate(now):
        _enter_after(old, deadline, due_on, actor, now)


def _new_date(deadline: Deadline, old: Deadline, before: date) -> date:
    """By the rule; where it gives none any more, as many days before as the old one, on a working day."""
    found = None
    if deadline.rule_code and deadline.trigger_on is not None:
        try:
            found = computing.pre_deadline_before(deadline, deadline.due_on)
        except computing.CannotCompute:
            found = None
    if found is not None:
        return found
    return ladder.working_day(min(deadline.due_on, deadline.due_on - (before - old.due_on)), _days(deadline))


def _days(deadline: Deadline) -> ladder.OpenDays:
    return WorkingDays().of(deadline.matter)


def _strike(old: Deadline, actor: User, now: datetime) -> None:
    old.state, old.ended_by, old.ended_at = Deadline.State.STRUCK, actor, now
    old.ended_reason = _("Its deadline has another date.")
    old.save()
    settle_reminders(old, Deadline.State.STRUCK.value)
    audit.record("deadline.struck", old, reason=old.ended_reason)


def _enter_after(old: Deadline, deadline: Deadline, due_on: date, actor: User, now: datetime) -> None:
    new = Deadline(**{name: getattr(old, name) for name in CARRIED}, public_id=pre_deadline_of(old.public_id))
    new.due_on, new.trace = due_on, deadline.trace
    new.entered_by, new.entered_at = actor, now
    new.save()
    make_reminders(new, now)
    audit.record("deadline.entered", new, deadline_kind=new.kind, due_on=new.due_on)
