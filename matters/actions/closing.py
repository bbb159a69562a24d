"""Changing, closing and reopening a matter."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Court
from lawcrm import audit
from lawcrm.accounts.models import User
from lawcrm.crypto.fields import Erased
from matters.actions import team
from matters.actions.refused import Refused
from matters.models import Matter, MatterType


class AlreadyClosed(Refused):
    def __init__(self) -> None:
        super().__init__(_("This matter is already closed."))


class NotClosed(Refused):
    def __init__(self) -> None:
        super().__init__(_("This matter is open."))


class ClosedBeforeOpened(Refused):
    def __init__(self) -> None:
        super().__init__(_("A matter cannot be closed before it was opened, or in the future."))


class ChangedMeanwhile(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("Someone changed this matter while you were typing. Your text is kept below; compare and save again.")
        )


@dataclass(frozen=True, kw_only=True)
class Details:
    """What may be changed in a matter, and the version the person was looking at; without a court it keeps its own."""

    title: str
    matter_type: MatterType
    jurisdiction: str
    court_reference: str
    summary: str
    version: int
    court: Court | None = None


def version_of(matter: Matter) -> int:
    """How many changes it has had: what a stale form is recognised by. Ids of history would count the whole firm's."""
    return int(matter.history.count())


@audit.attempt("matter.changed", on="matter")
def change_matter(*, actor: User, matter: Matter, wanted: Details, now: datetime) -> Matter:  # noqa: ARG001
    """Who is responsible is handed over apart. Raises ChangedMeanwhile for a stale form."""
    matter = _locked(matter)
    if version_of(matter) != wanted.version:
        raise ChangedMeanwhile
    matter.title, matter.matter_type, matter.jurisdiction = wanted.title, wanted.matter_type, wanted.jurisdiction
    matter.court_reference = wanted.court_reference
    if wanted.court is not None:
        matter.court = wanted.court
    if not isinstance(matter.summary, Erased):
        matter.summary = wanted.summary or None
    matter.save()
    audit.record("matter.changed", matter)
    return matter


@audit.attempt("matter.closed", on="matter")
def close_matter(*, actor: User, matter: Matter, closed_on: date, reason: str, now: datetime) -> Matter:  # noqa: ARG001
    """Retention counts from `closed_on`; subscribers of "matter.closed" may refuse what is not settled yet."""
    matter = _locked(matter)
    if matter.is_closed:
        raise AlreadyClosed
    if not matter.opened_on <= closed_on <= timezone.localdate(now):
        raise ClosedBeforeOpened
    matter.state, matter.closed_on = Matter.State.CLOSED, closed_on
    matter.save()
    audit.record("matter.closed", matter, reason=reason, closed_on=closed_on)
    return matter


@audit.attempt("matter.reopened", on="matter")
def reopen_matter(*, actor: User, matter: Matter, reason: str, now: datetime) -> Matter:  # noqa: ARG001
    team.require_reason(reason)
    matter = _locked(matter)
    if not matter.is_closed:
        raise NotClosed
    matter.state, matter.closed_on = Matter.State.OPEN, None
    matter.save()
    audit.record("matter.reopened", matter, reason=reason)
    return matter


def _locked(matter: Matter) -> Matter:
    return Matter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
