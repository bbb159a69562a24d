"""How a deadline ends: done or struck. It stays in the book either way."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.actions import recurring
from deadlines.actions.extending import settle_extension
from deadlines.actions.refused import locked, locked_done, require_evidence, require_reason
from deadlines.actions.reminding import make_reminders, settle_reminders
from deadlines.engine.trace import Moment
from deadlines.models import Deadline
from deadlines.models.deadline import UNCHECKED
from lawcrm import audit
from lawcrm.accounts.models import User
from lawcrm.audit import Event
from matters.actions.refused import Refused
from matters.models import Document, Matter


class OwnDone(Refused):
    def __init__(self) -> None:
        super().__init__(_("You marked it as done yourself. Somebody else has to check it."))


class MatterHasUnchecked(Refused):
    def __init__(self, count: int) -> None:
        text = ngettext(
            "%(count)d critical deadline of this matter is marked as done and not yet checked by a second person.",
            "%(count)d critical deadlines of this matter are marked as done and not yet checked by a second person.",
            count,
        )
        super().__init__(text % {"count": count})


class MatterHasOpenDeadlines(Refused):
    def __init__(self, count: int) -> None:
        text = ngettext(
            "%(count)d deadline of this matter is open. Mark it as done or strike it first.",
            "%(count)d deadlines of this matter are open. Mark them as done or strike them first.",
            count,
        )
        super().__init__(text % {"count": count})


def refuse_while_open(closing: Event) -> None:
    """Nobody looks at the book of a closed matter; recurring follow-ups end with it."""
    recurring.end_with(Matter.objects.get(pk=closing.object.pk), closing.actor_id, timezone.now())
    count = Deadline.objects.filter(matter=closing.object.pk, state=Deadline.State.OPEN).count()
    if count:
        raise MatterHasOpenDeadlines(count)
    unchecked = Deadline.objects.filter(UNCHECKED, matter=closing.object.pk).count()
    if unchecked:
        raise MatterHasUnchecked(unchecked)


@audit.attempt("deadline.done", on="deadline")
def mark_done(  # noqa: PLR0913 - what a person says about it
    *,
    actor: User,
    deadline: Deadline,
    seen: Moment,
    reason: str,
    evidence: Document | None = None,
    receipt: str = "",
    now: datetime,
) -> Deadline:
    """A critical one needs something to show for it, and is not settled before a second person has checked it."""
    deadline = locked(deadline, seen)
    if evidence is not None or deadline.criticality == Deadline.Criticality.CRITICAL:
        require_evidence(deadline, evidence, receipt)
    deadline.evidence, deadline.receipt = evidence, receipt.strip()
    deadline = _ended(deadline, Deadline.State.DONE, actor, reason, now)
    recurring.continue_after(deadline, now)
    return deadline


@audit.attempt("deadline.checked", on="deadline")
def check_done(*, actor: User, deadline: Deadline, now: datetime) -> Deadline:
    """Four eyes at the end as well: by someone who did not mark it as done."""
    deadline = locked_done(deadline)
    if deadline.ended_by_id == actor.pk:
        raise OwnDone
    deadline.checked_by, deadline.checked_at = actor, now
    deadline.save()
    audit.record("deadline.checked", deadline)
    return deadline


@audit.attempt("deadline.reopened", on="deadline")
def reopen_done(*, actor: User, deadline: Deadline, reason: str, now: datetime) -> Deadline:  # noqa: ARG001 - the trail knows the actor
    """What was marked as done turned out not to be: it is open again and reminds as if just entered."""
    deadline, reason = locked_done(deadline), require_reason(reason)
    deadline.state, deadline.ended_by, deadline.ended_at = Deadline.State.OPEN, None, None
    deadline.ended_reason, deadline.evidence, deadline.receipt = "", None, ""
    deadline.save()
    make_reminders(deadline, now)
    audit.record("deadline.reopened", deadline, reason=reason)
    return deadline


@audit.attempt("deadline.struck", on="deadline")
def strike_deadline(*, actor: User, deadline: Deadline, seen: Moment, reason: str, now: datetime) -> Deadline:
    """For what was entered wrongly or fell away; struck entries stay visible. It ends the series of a follow-up."""
    deadline = _ended(locked(deadline, seen), Deadline.State.STRUCK, actor, reason, now)
    recurring.end_series(deadline, now)
    return deadline


def _ended(deadline: Deadline, state: Deadline.State, actor: User, reason: str, now: datetime) -> Deadline:
    deadline.state, deadline.ended_by, deadline.ended_at = state, actor, now
    deadline.ended_reason = require_reason(reason)
    deadline.save()
    settle_reminders(deadline, state.value)
    settle_extension(deadline)
    audit.record(f"deadline.{state.value}", deadline, reason=deadline.ended_reason)
    return deadline
