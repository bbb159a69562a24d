"""Placing and releasing holds, restricting a person and lifting the restriction."""

from datetime import datetime

from django.utils.translation import gettext as _

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.models import Matter
from privacy.models import ErasureItem, Hold
from privacy.queries import erasing as queries


class HoldRefused(audit.Refused):
    """A hold cannot be placed or released; the sentence says why."""


class RestrictionRefused(audit.Refused):
    """The processing of a contact cannot be restricted or set free; the sentence says why."""


@audit.attempt("hold.placed", on="matter")
def place_hold(*, actor: User, matter: Matter, reason: str, now: datetime) -> Hold:
    """Keep a matter whatever its retention says; a release for erasure already given lapses."""
    _require_reason(reason, HoldRefused)
    with access.as_system("hold"):
        hold = Hold.objects.create(matter=matter, reason=reason, placed_by=actor, placed_at=now)
        for item in ErasureItem.objects.filter(matter_ref=matter.pk).exclude(state=ErasureItem.State.ERASED):
            _set_state(item, ErasureItem.State.HELD)
        audit.record("hold.placed", hold, matter_id=matter.pk)  # the reason stays with the hold
    return hold


@audit.attempt("hold.released", on="hold")
def release_hold(*, actor: User, hold: Hold, reason: str, now: datetime) -> None:
    """End a hold. What it kept goes back to the start of the plan: nothing is erased at once."""
    _require_reason(reason, HoldRefused)
    with access.as_system("hold"):
        hold = Hold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
        if hold.released_at is not None:
            raise HoldRefused(_("This hold has been released already."))
        hold.released_by, hold.released_at, hold.release_reason = actor, now, reason
        hold.save()
        if hold.matter_id is not None and not queries.is_held(hold.matter_id):
            for item in ErasureItem.objects.filter(matter_ref=hold.matter_id, state=ErasureItem.State.HELD):
                _back_to_the_start(item)
        audit.record("hold.released", hold, matter_id=hold.matter_id)


def _back_to_the_start(item: ErasureItem) -> None:
    item.proposed_by = item.released_by = item.released_at = None
    _set_state(item, ErasureItem.State.PROPOSED)


def _set_state(item: ErasureItem, state: ErasureItem.State) -> None:
    item.state = state
    item.save()


@audit.attempt("contact.restricted", on="contact")
def restrict_contact(*, actor: User, contact: Contact, reason: str, now: datetime) -> None:
    """Art. 18 GDPR: keep the data, show it to few, change nothing."""
    _require_reason(reason, RestrictionRefused)
    with access.as_system(f"restriction by {actor.pk}"):
        contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
        if contact.is_restricted:
            raise RestrictionRefused(_("The processing of this contact is restricted already."))
        contact.restricted_at = now
        contact.save()
        audit.record("contact.restricted", contact, reason=reason)


@audit.attempt("contact.restriction_lifted", on="contact")
def lift_restriction(*, actor: User, contact: Contact, reason: str, person_told: bool) -> None:
    """Art. 18 (3): the person is told before the restriction is lifted."""
    _require_reason(reason, RestrictionRefused)
    if not person_told:
        raise RestrictionRefused(_("Tell the person first, then lift the restriction (Art. 18 (3) GDPR)."))
    with access.as_system(f"restriction by {actor.pk}"):
        contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
        contact.restricted_at = None
        contact.save()
        audit.record("contact.restriction_lifted", contact, reason=reason)


def _require_reason(reason: str, refusal: type[Exception]) -> None:
    if not reason.strip():
        raise refusal(_("Say why: the reason is kept with the decision."))
