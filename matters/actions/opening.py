"""Opening a matter: its number, its parties, its team."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.actions.contacts import enter_contact
from clients.models import Contact, Court
from lawcrm import audit
from lawcrm.accounts.models import User
from lawcrm.db import sight
from lawcrm.models.firm import Firm
from matters import numbering
from matters.actions import leads, own_grants, team
from matters.actions.refused import FormUsed, Refused
from matters.models import Matter, MatterType, NumberSeries, Party
from matters.models.levels import Level

NUMBER_FORMAT = "{year}-{number:04d}"


class AlreadyOpened(Refused):
    """The same form came twice; nothing was opened again."""

    def __init__(self, matter: Matter) -> None:
        self.matter = matter
        super().__init__(_("This matter was already opened."))


class SamePartyTwice(Refused):
    def __init__(self) -> None:
        super().__init__(_("Client and adverse party are the same contact."))


class ContactGone(Refused):
    def __init__(self) -> None:
        super().__init__(_("This contact is not open to you any more. Choose another one, or ask who looks after it."))


@dataclass(frozen=True)
class NewContact:
    """Somebody the firm does not know yet."""

    name: str
    kind: Contact.Kind


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What is known when a matter is opened; `once` is the form's own id and becomes the matter's."""

    once: UUID
    title: str
    matter_type: MatterType
    jurisdiction: str
    opened_on: date
    responsible: User
    client: Contact | NewContact
    adverse: tuple[Contact | NewContact, ...] = ()
    people: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    court: Court | None = None
    court_reference: str = ""
    summary: str = ""


@audit.attempt("matter.opened")
def open_matter(*, actor: User, wanted: Opening, now: datetime) -> Matter:
    """Raises AlreadyOpened and what `team` refuses; a refused opening uses no number."""
    members = _team(actor, wanted)
    series = _locked_series(timezone.localdate(now).year)
    if (known := Matter.objects.filter(public_id=wanted.once).first()) is not None:
        raise AlreadyOpened(known) if known.title == wanted.title else FormUsed
    named = (wanted.client, *wanted.adverse)
    client, *adverse = [contact_of(actor, party, collected_on=wanted.opened_on) for party in named]
    if client in adverse or len({contact.pk for contact in adverse}) < len(adverse):
        raise SamePartyTwice
    matter = _create(actor, wanted, series)
    team.write_grants(matter, members.items())
    sight.lock([matter.pk], [contact.pk for contact in (client, *adverse)])
    _add_parties(matter, client, adverse)
    leads.require_inside(matter)
    audit.record("matter.opened", matter, type=wanted.matter_type.code, parties=1 + len(adverse))
    for to, level in members.items():
        fact = {"user_id": to.pk} if isinstance(to, User) else {"group_id": to.pk}
        audit.record("matter.access_granted", matter, reason=_("On the team from the start"), level=level.code, **fact)
    return matter


def _team(actor: User, wanted: Opening) -> dict[team.Principal, Level]:
    """Who opens a matter and who answers for it manage it; the others work on it."""
    members: dict[team.Principal, Level] = dict.fromkeys((*wanted.people, *wanted.groups), Level.WORK)
    members |= {actor: Level.MANAGE, wanted.responsible: Level.MANAGE}
    for member, level in members.items():
        team.require_grantable(member, level)
    return members


def _locked_series(year: int) -> NumberSeries:
    NumberSeries.objects.get_or_create(year=year)
    return NumberSeries.objects.select_for_update().get(year=year)


def number_format() -> str:
    """The firm's own form of numbers, such as "{number}/{year}" or "{year}-{random}"."""
    firm = Firm.current()
    return firm.number_format if firm is not None else NUMBER_FORMAT


def _next_number(series: NumberSeries) -> str:
    running = series.next_number
    series.next_number = running + 1
    series.save(update_fields=["next_number"])
    return numbering.number(number_format(), year=series.year, running=running, key=series.key)


def _create(actor: User, wanted: Opening, series: NumberSeries) -> Matter:
    return Matter.objects.create(
        public_id=wanted.once,
        number=_next_number(series),
        title=wanted.title,
        matter_type=wanted.matter_type,
        responsible=wanted.responsible,
        jurisdiction=wanted.jurisdiction,
        court=wanted.court,
        court_reference=wanted.court_reference,
        summary=wanted.summary or None,
        opened_on=wanted.opened_on,
        created_by=actor,
    )


def contact_of(actor: User, party: Contact | NewContact, *, collected_on: date) -> Contact:
    """One that the person sees: as a party it is open to everybody who sees the matter."""
    if isinstance(party, NewContact):
        return create_contact(actor, party, collected_on=collected_on)
    if not Contact.objects.filter(pk=party.pk).exists():
        raise ContactGone
    return party


def create_contact(actor: User, new: NewContact, *, collected_on: date) -> Contact:
    """A contact that starts with nothing but a name."""
    values = {"kind": new.kind, "name": new.name, "source": Contact.Source.CLIENT, "collected_on": collected_on}
    return enter_contact(actor=actor, public_id=uuid4(), values=values)


def _add_parties(matter: Matter, client: Contact, adverse: list[Contact]) -> None:
    roles = [(client, Party.Role.CLIENT), *((contact, Party.Role.ADVERSE) for contact in adverse)]
    for contact, role in roles:
        Party.objects.create(matter=matter, contact=contact, role=role, since=matter.opened_on)
    for contact, _role in roles:
        own_grants.end_of_party(matter, contact)
