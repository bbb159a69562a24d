"""Who takes part in a matter: adding a party, ending its part."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from clients.models import Contact
from lawcrm import audit
from lawcrm.accounts.models import User
from lawcrm.db import sight
from matters.actions import leads, own_grants
from matters.actions.opening import NewContact, contact_of
from matters.actions.refused import Refused
from matters.models import Matter, Party


class AlreadyParty(Refused):
    def __init__(self) -> None:
        super().__init__(_("This contact already has this role in the matter."))


class LastClient(Refused):
    def __init__(self) -> None:
        super().__init__(_("A matter keeps at least one client. Add the new client first."))


class AlreadyEnded(Refused):
    def __init__(self) -> None:
        super().__init__(_("This party has already left the matter."))


@audit.attempt("matter.party_added", on="matter")
def add_party(  # noqa: PLR0913 - what a party is
    *,
    actor: User,
    matter: Matter,
    contact: Contact | NewContact,
    role: Party.Role,
    reference: str = "",
    since: date,
    now: datetime,
) -> Party:
    """A party who left and comes back in the same role goes on in the same row."""
    someone = contact_of(actor, contact, collected_on=since)
    sight.lock([matter.pk], [someone.pk])
    party = Party.objects.filter(matter=matter, contact=someone, role=role).first()
    if party is not None and party.until is None:
        raise AlreadyParty
    party = party or Party(matter=matter, contact=someone, role=role)
    party.reference, party.since, party.until = reference, since, None
    party.save()
    own_grants.end_of_party(matter, someone)
    if role == Party.Role.CLIENT:
        leads.require_inside(matter)
    audit.record("matter.party_added", matter, role=role, contact_id=someone.pk, at=now)
    return party


@audit.attempt("matter.party_ended", on="party")
def end_party(*, actor: User, party: Party, until: date, now: datetime) -> None:  # noqa: ARG001
    """The row stays: conflict checks must find former parties."""
    sight.lock([party.matter_id])
    party = Party.objects.select_for_update(of=("self",)).get(pk=party.pk)
    if party.until is not None:
        raise AlreadyEnded
    clients = Party.objects.filter(matter_id=party.matter_id, role=Party.Role.CLIENT, until=None)
    if party.role == Party.Role.CLIENT and not clients.exclude(pk=party.pk).exists():
        raise LastClient
    party.until = max(until, party.since)
    party.save()
    audit.record("matter.party_ended", party.matter, role=Party.Role(party.role), contact_id=party.contact_id, at=now)
