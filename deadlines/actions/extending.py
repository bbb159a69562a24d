"""Asking a court for more time: the date stays until it is granted."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from deadlines.actions.kinds import require_extendable
from deadlines.actions.moving import set_date
from deadlines.actions.refused import locked, require_evidence, require_reason
from deadlines.engine.trace import Moment
from deadlines.models import Deadline, Extension
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused
from matters.models import Document

State = Extension.State


class AskedAlready(Refused):
    def __init__(self) -> None:
        super().__init__(_("An extension was asked for already. Note the answer to it first."))


class NotLater(Refused):
    def __init__(self) -> None:
        super().__init__(_("An extension leads to a later date than the one that counts now."))


class NotAsked(Refused):
    def __init__(self) -> None:
        super().__init__(_("No extension waits for an answer. Somebody may have noted it meanwhile."))


def pending(deadline: Deadline) -> Extension | None:
    return Extension.objects.filter(deadline=deadline, state=State.ASKED).first()


@audit.attempt("deadline.extension_asked", on="deadline")
def ask_extension(  # noqa: PLR0913 - what a person says about it
    *, actor: User, deadline: Deadline, seen: Moment, until_on: date, reason: str, now: datetime
) -> Extension:
    """Provisional (BGH II ZB 19/09): the old date counts and reminds until the court has granted the new one."""
    deadline, reason = locked(deadline, seen), require_reason(reason)
    require_extendable(deadline)
    if until_on <= deadline.due_on:
        raise NotLater
    if pending(deadline) is not None:
        raise AskedAlready
    asked = Extension(deadline=deadline, matter_id=deadline.matter_id, until_on=until_on, reason=reason)
    asked.asked_by, asked.asked_at = actor, now
    asked.save()
    audit.record("deadline.extension_asked", deadline, reason=reason, before=deadline.due_on, hoped_for=until_on)
    return asked


@audit.attempt("deadline.extension_granted", on="deadline")
def grant_extension(  # noqa: PLR0913 - what a person says about it
    *,
    actor: User,
    deadline: Deadline,
    seen: Moment,
    until_on: date,
    answer: str = "",
    evidence: Document | None = None,
    now: datetime,
) -> Deadline:
    """The court may grant less than was hoped for. The new date is confirmed anew by somebody else."""
    deadline = locked(deadline, seen)
    asked = _answered(deadline, State.GRANTED, actor, answer, now)
    require_evidence(deadline, evidence, answer)
    if until_on <= deadline.due_on:
        raise NotLater
    asked.evidence = evidence
    asked.save()
    before = deadline.due_on
    set_date(actor=actor, deadline=deadline, due_on=until_on, due_time=deadline.due_time, now=now)
    audit.record("deadline.extension_granted", deadline, reason=asked.answer, before=before, due_on=until_on)
    return deadline


@audit.attempt("deadline.extension_declined", on="deadline")
def decline_extension(*, actor: User, deadline: Deadline, seen: Moment, answer: str, now: datetime) -> Deadline:
    deadline = locked(deadline, seen)
    _answered(deadline, State.DECLINED, actor, require_reason(answer), now).save()
    audit.record("deadline.extension_declined", deadline, reason=answer.strip(), due_on=deadline.due_on)
    return deadline


def _answered(deadline: Deadline, state: Extension.State, actor: User, answer: str, now: datetime) -> Extension:
    """Not yet saved."""
    asked = pending(deadline)
    if asked is None:
        raise NotAsked
    asked.state, asked.answer, asked.answered_by, asked.answered_at = state, answer.strip(), actor, now
    return asked


def settle_extension(deadline: Deadline) -> None:
    """What has ended is not extended any more."""
    if (asked := pending(deadline)) is not None:
        asked.state = State.DECLINED
        asked.save()
