"""Entering a deadline, confirming it, moving it."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines.actions import recurring
from deadlines.actions.kinds import require_kind
from deadlines.actions.moving import set_date
from deadlines.actions.refused import (
    ChangedMeanwhile,
    locked,
    locked_matter,
    require_answering,
    require_reason,
)
from deadlines.actions.reminding import make_reminders, settle_unconfirmed
from deadlines.actions.renewing import pre_deadline_of
from deadlines.engine.trace import Moment
from deadlines.models import Deadline, PlanUse
from lawcrm import audit
from lawcrm.accounts.models import User
from lawcrm.crypto.errors import KeyDestroyed
from matters.actions.refused import FormUsed, Refused
from matters.models import Matter


class AlreadyEntered(Refused):
    """The same form came twice."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        super().__init__(_("This deadline was already entered."))


class MatterErased(Refused):
    def __init__(self) -> None:
        super().__init__(_("This matter has been erased. Nothing can be added to it."))


class OwnEntry(Refused):
    def __init__(self) -> None:
        super().__init__(_("You entered this date yourself. Somebody else has to check and confirm it."))


class DraftRule(Refused):
    def __init__(self) -> None:
        super().__init__(_("No lawyer has approved the rule of this date. Say that you compared it with the statute."))


class AlreadyConfirmed(Refused):
    def __init__(self) -> None:
        super().__init__(_("Somebody has confirmed this deadline already."))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A deadline as a person describes it; `once` is the form's own id and becomes the deadline's.

    `at_stake` is what its rule says of it, which is not kept.
    """

    once: UUID
    matter: Matter
    kind: Deadline.Kind
    criticality: Deadline.Criticality
    title: str
    due_on: date
    assignee: User | None = None
    group: Group | None = None
    deputy: User | None = None
    due_time: time | None = None
    trigger_on: date | None = None
    trigger_time: time | None = None
    trigger_label: str = ""
    second_on: date | None = None
    computed_on: date | None = None
    computed_time: time | None = None
    note: str = ""
    rule_code: str = ""
    at_stake: str = ""
    from_draft: bool = False
    latest_on: date | None = None
    trace: list[dict[str, str]] = field(default_factory=list)
    pre_deadline: date | None = None
    repeat: str = ""
    plan_use: PlanUse | None = None


@audit.attempt("deadline.entered")
def enter_deadline(*, actor: User, entry: Entry, now: datetime) -> Deadline:
    """Unconfirmed until a second person has checked it; reminders are made at once all the same."""
    matter = locked_matter(entry.matter.pk)
    if (known := Deadline.objects.filter(public_id=entry.once, matter=matter).first()) is not None:
        raise (
            AlreadyEntered(known)
            if (known.title, known.occurs_on or known.due_on) == (entry.title, entry.due_on)
            else FormUsed
        )
    require_kind(entry)
    require_answering(matter, timezone.localdate(now), entry.assignee, entry.group, entry.deputy)
    deadline = _described(entry, matter)
    deadline.entered_by, deadline.entered_at = actor, now
    if entry.repeat:
        deadline.series = recurring.begin(actor=actor, matter=matter, rule=entry.repeat, starts_on=entry.due_on)
        deadline.occurs_on, deadline.due_on = entry.due_on, recurring.moved_off(matter, entry.due_on)
    try:
        deadline.save()
    except KeyDestroyed:
        raise MatterErased from None
    make_reminders(deadline, now)
    audit.record("deadline.entered", deadline, deadline_kind=deadline.kind, due_on=deadline.due_on)
    if entry.pre_deadline is not None and entry.pre_deadline >= timezone.localdate(now):
        enter_deadline(actor=actor, entry=_before(entry, entry.pre_deadline), now=now)
    return deadline


def _before(entry: Entry, due_on: date) -> Entry:
    """The pre-deadline: another entry, of less weight, that follows from the first one's form."""
    return replace(
        entry,
        once=pre_deadline_of(entry.once),
        kind=Deadline.Kind.PRE_DEADLINE,
        criticality=Deadline.Criticality.NORMAL,
        title=_("Pre-deadline: %(title)s") % {"title": entry.title[:180]},
        due_on=due_on,
        computed_on=due_on,
        computed_time=None,
        from_draft=False,
        due_time=None,
        latest_on=None,
        pre_deadline=None,
    )


def _described(entry: Entry, matter: Matter) -> Deadline:
    deputy = entry.deputy if entry.deputy != entry.assignee else None
    return Deadline(
        public_id=entry.once,
        matter=matter,
        sealed_for=matter.public_id,
        kind=entry.kind,
        criticality=entry.criticality,
        title=entry.title,
        due_on=entry.due_on,
        due_time=entry.due_time,
        time_zone=settings.TIME_ZONE,
        trigger_on=entry.trigger_on,
        trigger_time=entry.trigger_time,
        trigger_label=entry.trigger_label,
        second_on=entry.second_on,
        computed_on=entry.computed_on,
        computed_time=entry.computed_time,
        note=entry.note or None,
        rule_code=entry.rule_code,
        from_draft=entry.from_draft,
        latest_on=entry.latest_on,
        trace=entry.trace,
        plan_use=entry.plan_use,
        assignee=entry.assignee,
        group=entry.group,
        deputy=deputy,
    )


@audit.attempt("deadline.confirmed", on="deadline")
def confirm_deadline(
    *, actor: User, deadline: Deadline, seen: Moment | None, now: datetime, checked_statute: bool = False
) -> Deadline:
    """Four eyes: by someone who did not enter the date, and only the date they saw.

    A date by a rule that nobody has approved is confirmed by who looked at the statute themselves.
    """
    if seen is None:
        raise ChangedMeanwhile
    deadline = locked(deadline, seen)
    if deadline.is_confirmed:
        raise AlreadyConfirmed
    if deadline.entered_by_id == actor.pk:
        raise OwnEntry
    if deadline.from_draft and not checked_statute:
        raise DraftRule
    deadline.confirmed_by, deadline.confirmed_at = actor, now
    deadline.save()
    settle_unconfirmed(deadline)
    audit.record("deadline.confirmed", deadline, due_on=deadline.due_on)
    return deadline


@audit.attempt("deadline.moved", on="deadline")
def move_deadline(  # noqa: PLR0913 - what a person says about a move
    *, actor: User, deadline: Deadline, seen: Moment, due_on: date, due_time: time | None, reason: str, now: datetime
) -> Deadline:
    """A new date is a new entry: its mover answers for it and somebody else confirms it; reminders are made anew."""
    reason = require_reason(reason)
    deadline = locked(deadline, seen)
    before = deadline.due_on
    set_date(actor=actor, deadline=deadline, due_on=due_on, due_time=due_time, now=now)
    audit.record("deadline.moved", deadline, reason=reason, before=before, due_on=due_on)
    return deadline
