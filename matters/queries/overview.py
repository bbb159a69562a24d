"""What a matter's pages show: its parties, and what happened in it, told from three sources."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clients.models import Contact, Court
from lawcrm import access
from lawcrm.models import JournalEntry
from lawcrm.prepared import Prepared, padded
from matters import panels
from matters.models import Communication, Document, Matter, Party
from matters.queries.team import Holder, names_of

SHOWN = 12
# Told by the thing itself with more to say, or on the page about access.
TOLD_OTHERWISE = (
    "matter.access_granted",
    "matter.access_withdrawn",
    "matter.communication_logged",
    "matter.mail_filed",
    "matter.document_added",
    "matter.document_fetched",
)


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the timeline."""

    at: datetime
    strong: str | Promise
    rest: str = ""
    text: str = ""
    url: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Taking:
    """A party, with its contact if the viewer may see it (a restricted one stays hidden even here)."""

    party: Party
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part, and the court where it is no party."""

    parties: list[Taking]
    court: Contact | None


@dataclass(frozen=True, slots=True)
class Part:
    """A contact's role in a matter the viewer may see."""

    matter: Matter
    role: str


def parts_of(contact: Contact, most: int = 20) -> list[Part]:
    """The latest visible matters of a contact, which are not all it takes part in."""
    return [Part(party.matter, party.get_role_display()) for party in _PARTIES_OF.ask(most, contact=contact.pk)]


def _parties_of(most: int, *, contact: int) -> QuerySet[Party]:
    rows = Party.objects.filter(contact=contact).select_related("matter").defer("matter__summary")
    return rows.order_by("-since", "-pk")[:most]


# A bank takes part in thousands of matters, of which one viewer sees three and another all.
_PARTIES_OF = Prepared(_parties_of, one_plan=False)


def _count(rows: QuerySet[Any]) -> Coalesce:
    per_matter = rows.filter(matter=OuterRef("pk")).order_by().values("matter").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(per_matter, output_field=IntegerField()), 0)


def for_page(public_id: UUID) -> Matter | None:
    """A matter with what every page of one shows in its frame, in one query."""
    return _FOR_PAGE.first(public_id=public_id)


def _for_page(*, public_id: UUID) -> QuerySet[Matter]:
    rows = Matter.objects.filter(public_id=public_id).select_related("matter_type", "responsible")
    return rows.annotate(
        communication_count=_count(Communication.objects.all()),
        document_count=_count(Document.objects.all()),
        party_count=_count(Party.objects.filter(until=None)),
        seat_id=Subquery(Court.objects.filter(pk=OuterRef("court_id")).values("contact_id")[:1]),
    )


def parties_of(matter: Matter, *, former: bool = False) -> list[Taking]:
    return cast_of(matter, former=former).parties


def cast_of(matter: Matter, *, former: bool = False) -> Cast:
    """The parties, and the court unless it stands among them already; their contacts are asked for at once."""
    rows = _PARTIES.ask(former, matter=matter.pk)
    order = {role: place for place, role in enumerate(Party.Role.values)}
    parties = sorted(rows, key=lambda party: (party.until is not None, order[party.role], party.pk))
    taking_part = {party.contact_id for party in parties}
    seat = _seat_of(matter)
    contacts = seen(taking_part | ({seat} if seat is not None else set()))
    court = contacts.get(seat) if seat is not None and seat not in taking_part else None
    return Cast([Taking(party, contacts.get(party.contact_id)) for party in parties], court)


def _seat_of(matter: Any) -> int | None:
    """The court's entry in the directory; outsiders see that of their matters only, which no manager tells them."""
    if matter.court_id is None:
        return None
    if access.WHOLE_FIRM in access.required().principals and hasattr(matter, "seat_id"):
        return matter.seat_id  # type: ignore[no-any-return]
    with access.as_system("the court of a visible matter"):
        return Court.objects.filter(pk=matter.court_id).values_list("contact_id", flat=True).first()


def _parties(former: bool, *, matter: int) -> QuerySet[Party]:  # noqa: FBT001
    return Party.objects.filter(matter=matter) if former else Party.objects.filter(matter=matter, until=None)


def _contacts(*, contacts: tuple[int, ...]) -> QuerySet[Contact]:
    return Contact.objects.filter(pk__in=contacts)


_PARTIES, _CONTACTS = Prepared(_parties), Prepared(_contacts)


def seen(contact_ids: set[int]) -> dict[int, Contact]:
    """Contacts of a visible matter by id; of the firm's directory outsiders are shown what stands on their matters."""
    asked = padded(contact_ids, SHOWN)
    contacts = {contact.pk: contact for contact in _CONTACTS.ask(contacts=asked)} if asked else {}
    if access.WHOLE_FIRM not in access.required().principals:
        with access.as_system("directory entries on a visible matter"):
            entries = Contact.objects.filter(is_directory=True, restricted_at=None, quarantined_at=None)
            contacts |= entries.in_bulk(contact_ids - contacts.keys())
    return contacts


def communications_of(matter: int) -> QuerySet[Communication]:
    rows = Communication.objects.filter(matter=matter).select_related("logged_by").defer("body", "envelope")
    return rows.order_by("-happened_at", "-pk")


def documents_of(matter: int) -> QuerySet[Document]:
    return Document.objects.filter(matter=matter).select_related("added_by").order_by("-added_at", "-pk")


def journal_of(matter: int) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(matter_id=matter).order_by("-at", "-pk")


def _told(*, matter: int) -> QuerySet[JournalEntry]:
    return journal_of(matter).filter(kind__in=panels.WORDS).exclude(kind__in=TOLD_OTHERWISE)[:SHOWN]


def _spoken(*, matter: int) -> QuerySet[Communication]:
    return communications_of(matter)[:SHOWN]


def _filed(*, matter: int) -> QuerySet[Document]:
    return documents_of(matter).filter(communication=None)[:SHOWN]


_FOR_PAGE, _TOLD, _SPOKEN, _FILED = Prepared(_for_page), Prepared(_told), Prepared(_spoken), Prepared(_filed)


def timeline(matter: Matter, holders: list[Holder], *, people: dict[int, str], inside: bool = True) -> list[Happening]:
    """The latest of everything; `people` are names of contacts seen on this page anyway.

    The journal with its reasons is for people `inside` the firm.
    """
    entries = _TOLD.ask(matter=matter.pk) if inside else []
    lines = [
        *(_of_communication(matter, row, people) for row in _SPOKEN.ask(matter=matter.pk)),
        *(_of_document(matter, row) for row in _FILED.ask(matter=matter.pk)),
        *_of_entries(entries, holders, people),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:SHOWN]


def _of_communication(matter: Matter, row: Communication, people: dict[int, str]) -> Happening:
    name = people.get(row.counterpart_id or 0)
    rest = ", ".join(filter(None, [_("%d min") % row.minutes if row.minutes else "", row.logged_by.full_name]))
    address = reverse("matters:communication", args=[matter.public_id, row.public_id])
    return Happening(row.happened_at, title_of(row, name), rest, row.subject, address)


def title_of(row: Communication, name: str | None) -> str:
    kind = str(row.get_kind_display())
    if not name:
        return kind
    match row.kind, row.direction:
        case (("mail" | "letter"), "in"):
            return _("%(kind)s from %(name)s") % {"kind": kind, "name": name}
        case (("mail" | "letter"), "out"):
            return _("%(kind)s to %(name)s") % {"kind": kind, "name": name}
    return _("%(kind)s with %(name)s") % {"kind": kind, "name": name}


def _of_document(matter: Matter, row: Document) -> Happening:
    address = reverse("matters:documents", args=[matter.public_id])
    return Happening(row.added_at, _("Document added"), _("by %s") % row.added_by.full_name, row.name, address)


def _of_entries(entries: list[JournalEntry], holders: list[Holder], people: dict[int, str]) -> list[Happening]:
    staff = names_of(staff_in(entries), holders)
    return [_of_entry(entry, staff, people) for entry in entries]


def staff_in(entries: Iterable[JournalEntry]) -> set[int]:
    """Everybody an entry names: who acted, and whom it was about."""
    ids = [(entry.actor_id, entry.facts.get("user_id")) for entry in entries]
    return {person for pair in ids for person in pair if person}


def _of_entry(entry: JournalEntry, staff: dict[int, str], people: dict[int, str]) -> Happening:
    by, facts = staff.get(entry.actor_id or 0, ""), entry.facts
    holder = facts.get("user_id") or -(facts.get("group_id") or 0)
    about = [staff.get(holder, ""), people.get(facts.get("contact_id") or 0, "")]
    return Happening(
        entry.at,
        panels.WORDS.get(entry.kind, entry.kind),
        _("by %s") % by if by else "",
        " · ".join(filter(None, [*about, entry.reason])),
    )


def history_of(matter: Matter, holders: list[Holder]) -> list[Happening]:
    """The whole journal of the matter in words, latest first, at most 200 lines."""
    people = named(parties_of(matter, former=True))
    return _of_entries(list(journal_of(matter.pk)[:200]), holders, people)


def named(parties: list[Taking]) -> dict[int, str]:
    return {taking.contact.pk: taking.contact.name for taking in parties if taking.contact is not None}
