"""Saying that somebody is away, and that they are back."""

from datetime import date

from django.utils.translation import gettext as _

from deadlines.models import Absence
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused

KEEPING = "deadlines.keep_absences"


class NotYours(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only who keeps the absences of the firm enters those of other people."))


class WrongWayRound(Refused):
    def __init__(self) -> None:
        super().__init__(_("The last day lies before the first."))


class OwnDeputy(Refused):
    def __init__(self) -> None:
        super().__init__(_("Somebody else has to stand in."))


@audit.attempt("absence.entered")
def enter_absence(*, actor: User, person: User, first_on: date, last_on: date, deputy: User | None = None) -> Absence:
    """Reminders of the person go to whoever stands in from the first day on, at once."""
    require_own(actor, person)
    if last_on < first_on:
        raise WrongWayRound
    if deputy == person:
        raise OwnDeputy
    absence = Absence(person=person, first_on=first_on, last_on=last_on, deputy=deputy, entered_by=actor)
    absence.save()
    audit.record("absence.entered", absence, first_on=first_on, last_on=last_on)
    return absence


@audit.attempt("absence.removed", on="absence")
def remove_absence(*, actor: User, absence: Absence) -> None:
    require_own(actor, absence.person)
    audit.record("absence.removed", absence)
    absence.delete()


def require_own(actor: User, person: User) -> None:
    if actor != person and KEEPING not in actor.role_permissions():
        raise NotYours
