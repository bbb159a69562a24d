"""Which contacts the viewer sees: lists, search, one contact, likely duplicates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Concat

from clients import normal
from clients.countries import CALLING
from clients.models import Address, Contact, ContactName, ContactPoint
from clients.models.contact import NameSkeleton
from clients.queries import confidential
from lawcrm.prepared import Prepared, padded

PAGE = 50
MOST_COUNTED = PAGE
MOST_FOUND = 500
MOST_WORDS = 6
SHORTEST_INSIDE = 3  # letters a trigram index needs; shorter ones are looked for where a word begins
LEAST_DIGITS = 4
REACHED = {ContactPoint.Kind.EMAIL: "mail", ContactPoint.Kind.MOBILE: "phone", ContactPoint.Kind.PHONE: "phone"}
FILTERS = ("kind", "country", "source")
DERIVED = ("acl", "acl_walled", "walled", "deny")
SEALED = ("national_id", "national_id_index", "born_on", "special_note")
LISTED = (
    "public_id",
    "kind",
    "name",
    "country",
    "source",
    "source_detail",
    "collected_on",
    "restricted_at",
    "quarantined_at",
    "is_directory",
    "name_skeleton",
)


@dataclass(frozen=True)
class Row:
    """A contact as lists show it."""

    contact: Contact
    kind: str
    source: str
    mail: str
    phone: str
    town: str


@dataclass(frozen=True)
class Page:
    """`before` and `after` name the rows where the neighbouring pages start; None at an end."""

    rows: list[Row]
    count: int
    before: UUID | None
    after: UUID | None


def visible() -> QuerySet[Contact]:
    """What decides sight is never loaded: it would name hidden matters and other people's grants."""
    return Contact.objects.defer(*DERIVED)


def one(public_id: UUID) -> Contact:
    """Raises Contact.DoesNotExist for hidden and missing alike."""
    if (found := _ONE.first(public_id=public_id)) is None:
        raise Contact.DoesNotExist
    return found


def _one(*, public_id: UUID) -> QuerySet[Contact]:
    known = {f"has_{name}": Q(**{f"{name}__isnull": False}) for name in confidential.readable()}
    return visible().defer(*DERIVED, *SEALED).annotate(**known).filter(public_id=public_id)


_ONE = Prepared(_one)


def filtered(*, kind: str = "", country: str = "", source: str = "", text: str = "") -> QuerySet[Contact]:
    chosen = {name: value for name, value in (("kind", kind), ("country", country), ("source", source)) if value}
    rows = Contact.objects.only(*LISTED).filter(**chosen)
    return rows.filter(pk__in=list(matching(text))) if text.strip() else rows


def matching(text: str) -> QuerySet[Any]:
    """Ids of contacts by a name they bear or bore, or by address or number: at most MOST_FOUND of each.

    One arm per index: an OR over tables would read every visible contact instead. Asked once and not
    within the queries of the list, each of which would search again.
    """
    named = Contact.objects.filter(_words(text)).values_list("pk", flat=True)[:MOST_FOUND]
    once = ContactName.objects.filter(_words(text)).values_list("contact_id", flat=True)[:MOST_FOUND]
    found = named.union(once)
    if starts := list(_points(text)):
        either = Q()
        for start in starts:
            either |= Q(normalised__startswith=start)
        found = named.union(once, ContactPoint.objects.filter(either).values_list("contact_id", flat=True)[:MOST_FOUND])
    return found


def _words(text: str) -> Q:
    """Every word occurs, in any order; the database folds them as it folded the names."""
    wanted = Q()
    for word in text.split()[:MOST_WORDS]:
        folded = NameSkeleton(Value(word[:100]))
        if len(word) >= SHORTEST_INSIDE:
            wanted &= Q(name_skeleton__contains=folded)
        else:
            inner = Concat(Value(" "), folded, output_field=TextField())
            wanted &= Q(name_skeleton__startswith=folded) | Q(name_skeleton__contains=inner)
    return wanted


def _points(text: str) -> Iterable[str]:
    plain = text.strip().lower()
    if "@" in plain:
        yield plain
    digits = "".join(letter for letter in plain if letter.isdigit())
    if len(digits) >= LEAST_DIGITS and normal.NUMBER.fullmatch(plain):
        yield f"+{digits.removeprefix('00')}" if plain.startswith(("+", "00")) else digits
        if not plain.startswith(("+", "00")):
            yield from (f"+{code}{digits.removeprefix('0')}" for code in CALLING.values())


def listed(chosen: Mapping[str, str], *, after: UUID | None = None, before: UUID | None = None) -> Page:
    """Fifty contacts by name. The mark is a row's public id, because its name may not stand in an address."""
    asked = after or before
    mark = _PLACE.first(public_id=asked) if asked else None
    back = mark is not None and after is None
    place: dict[str, Any] = {} if mark is None else dict(zip(("name", "key"), mark, strict=True))
    found = _LISTED.ask(*(chosen.get(name, "") for name in FILTERS), back, **place)
    return _page(found, is_marked=bool(place), back=back)


def search_page(rows: QuerySet[Contact]) -> Page:
    """The first fifty by name of what was found."""
    return _page(list(_in_order(rows)), is_marked=False, back=False)


def _listed(kind: str, country: str, source: str, back: bool, **place: Any) -> QuerySet[Contact]:  # noqa: FBT001
    """`place` is there on a page that goes on from another: name and key of its last row, or first going back."""
    rows = filtered(kind=kind, country=country, source=source)
    if place:
        beyond = TupleLessThan if back else TupleGreaterThan
        rows = rows.filter(beyond(Tuple(F("name_skeleton"), F("pk")), (place["name"], place["key"])))
    return _in_order(rows, back=back)


def _in_order(rows: QuerySet[Contact], *, back: bool = False) -> QuerySet[Contact]:
    return rows.order_by(*(("-name_skeleton", "-pk") if back else ("name_skeleton", "pk")))[: PAGE + 1]


def _place(*, public_id: UUID) -> QuerySet[Contact, tuple[str, int]]:
    """Where the row stands in the order; nothing when it is gone or out of sight meanwhile."""
    return Contact.objects.filter(public_id=public_id).values_list("name_skeleton", "pk")


def _page(found: list[Contact], *, is_marked: bool, back: bool) -> Page:
    more, found = len(found) > PAGE, found[:PAGE]
    if back:
        found.reverse()
    first, last = (found[0].public_id, found[-1].public_id) if found else (None, None)
    onward = more or back
    earlier = is_marked and (more or not back)
    count = MOST_COUNTED + 1 if more or is_marked else len(found)
    return Page(_with_reach(found), count, first if earlier else None, last if onward else None)


def _reached(*, contacts: tuple[int, ...]) -> QuerySet[ContactPoint, tuple[int, str, str]]:
    rows = ContactPoint.objects.filter(contact_id__in=contacts, kind__in=REACHED, valid_to=None)
    return rows.order_by("-is_primary", "pk").values_list("contact_id", "kind", "value")


def _towns(*, contacts: tuple[int, ...]) -> QuerySet[Address, tuple[int, str]]:
    return Address.objects.filter(contact_id__in=contacts).order_by("pk").values_list("contact_id", "city")


# Who sees little of a long list is served by another index than who sees most of it.
_LISTED = Prepared(_listed, one_plan=False)
_PLACE, _REACHED, _TOWNS = Prepared(_place), Prepared(_reached), Prepared(_towns)


def _with_reach(contacts: list[Contact]) -> list[Row]:
    if not contacts:
        return []
    ids = padded((contact.pk for contact in contacts), PAGE)
    points: dict[tuple[int, str], str] = {}
    for contact, kind, value in _REACHED.ask(contacts=ids):
        points.setdefault((contact, REACHED[ContactPoint.Kind(kind)]), value)
    towns: dict[int, str] = {}
    for contact, city in _TOWNS.ask(contacts=ids):
        towns.setdefault(contact, city)
    words, sources = dict(Contact.Kind.choices), dict(Contact.Source.choices)
    return [
        Row(
            contact,
            str(words[contact.kind]),
            str(sources.get(contact.source, "")),
            points.get((contact.pk, "mail"), ""),
            points.get((contact.pk, "phone"), ""),
            towns.get(contact.pk, ""),
        )
        for contact in contacts
    ]


def like(name: str, points: Iterable[str] = (), *, but: int | None = None, most: int = 5) -> list[Contact]:
    """Visible contacts that bear the same folded name or are reached in the same way."""
    same = NameSkeleton(Value(name))
    arms = [
        Contact.objects.filter(name_skeleton=same).values("pk")[:most],
        ContactName.objects.filter(name_skeleton=same).values("contact_id")[:most],
        ContactPoint.objects.filter(normalised__in=[p for p in points if p]).values("contact_id")[:most],
    ]
    found = Contact.objects.only(*LISTED).filter(pk__in=arms[0].union(*arms[1:])).exclude(pk=but or 0)
    return list(found.order_by("name_skeleton", "pk")[:most])
