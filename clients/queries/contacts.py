"""Which contacts the viewer sees: lists, search, one contact, likely duplicates."""

from collections.abc import Iterable
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
from lawcrm.prepared import Prepared

PAGE = 50
MOST_COUNTED = PAGE
MOST_FOUND = 500
MOST_WORDS = 6
SHORTEST_INSIDE = 3  # letters a trigram index needs; shorter ones are looked for where a word begins
LEAST_DIGITS = 4
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


def page(rows: QuerySet[Contact], *, after: UUID | None = None, before: UUID | None = None) -> Page:
    """Fifty contacts by name. The mark is a row's public id, because its name may not stand in an address."""
    mark = _place(after or before)
    key = Tuple(F("name_skeleton"), F("pk"))
    back = mark is not None and after is None
    if mark is not None:
        rows = rows.filter((TupleLessThan if back else TupleGreaterThan)(key, mark))
    order = ("-name_skeleton", "-pk") if back else ("name_skeleton", "pk")
    found = list(rows.order_by(*order)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    if back:
        found.reverse()
    first, last = (found[0].public_id, found[-1].public_id) if found else (None, None)
    onward = more or back
    earlier = mark is not None and (more or not back)
    count = MOST_COUNTED + 1 if more or mark is not None else len(found)
    return Page(_with_reach(found), count, first if earlier else None, last if onward else None)


def _place(public_id: UUID | None) -> tuple[str, int] | None:
    """Where the row stands in the order; None when it is gone or out of sight meanwhile."""
    if public_id is None:
        return None
    return Contact.objects.filter(public_id=public_id).values_list("name_skeleton", "pk").first()


def _with_reach(contacts: list[Contact]) -> list[Row]:
    ids = [contact.pk for contact in contacts]
    points: dict[tuple[int, str], str] = {}
    kinds = {ContactPoint.Kind.EMAIL: "mail", ContactPoint.Kind.MOBILE: "phone", ContactPoint.Kind.PHONE: "phone"}
    shown = ContactPoint.objects.filter(contact_id__in=ids, kind__in=kinds, valid_to=None)
    for contact, kind, value in shown.order_by("-is_primary", "pk").values_list("contact_id", "kind", "value"):
        points.setdefault((contact, kinds[ContactPoint.Kind(kind)]), value)
    towns: dict[int, str] = {}
    for contact, city in Address.objects.filter(contact_id__in=ids).order_by("pk").values_list("contact_id", "city"):
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
