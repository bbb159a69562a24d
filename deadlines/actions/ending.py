"""How a deadline ends: done or struck. It stays in the book either way."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.actions.refused import locked, require_reason
from deadlines.actions.reminding import settle_reminders
from deadlines.models import Deadline
from lawcrm import audit
from lawcrm.accounts.models import User
from lawcrm.audit import Event
from matters.actions.refused import Refused
from matters.models import Document


class ForeignEvidence(Refused):
    def __init__(self) -> None:
        super().__init__(_("Choose a document of the same matter."))


class MatterHasOpenDeadlines(Refused):
    def __init__(self, count: int) -> None:
        text = ngettext(
            "%(count)d deadline of this matter is open. Mark it as done or strike it first.",
            "%(count)d deadlines of this matter are open. Mark them as done or strike them first.",
            count,
        )
        super().__init__(text % {"count": count})


def refuse_while_open(closing: Event) -> None:
    """Nobody looks at the book of a closed matter."""
    count = Deadline.objects.filter(matter=closing.object.pk, state=Deadline.State.OPEN).count()
    if count:
        raise MatterHasOpenDeadlines(count)


@transaction.atomic
def mark_done(  # noqa: PLR0913 - what a person says about it
    *, actor: User, deadline: Deadline, seen: date, reason: str, evidence: Document | None = None, now: datetime
) -> Deadline:
    deadline = locked(deadline, seen)
    if evidence is not None and evidence.matter_id != deadline.matter_id:
        raise ForeignEvidence
    deadline.evidence = evidence
    return _ended(deadline, Deadline.State.DONE, actor, reason, now)


@transaction.atomic
def strike_deadline(*, actor: User, deadline: Deadline, seen: date, reason: str, now: datetime) -> Deadline:
    """For what was entered wrongly or fell away; struck entries stay visible."""
    return _ended(locked(deadline, seen), Deadline.State.STRUCK, actor, reason, now)


def _ended(deadline: Deadline, state: Deadline.State, actor: User, reason: str, now: datetime) -> Deadline:
    deadline.state, deadline.ended_by, deadline.ended_at = state, actor, now
    deadline.ended_reason = require_reason(reason)
    deadline.save()
    settle_reminders(deadline, state.value)
    audit.record(f"deadline.{state.value}", deadline, reason=deadline.ended_reason)
    return deadline
