"""The list of matters: filters, pages by key, names of clients."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value

from clients.models import Contact
from clients.models.contact import NameSkeleton
from lawcrm.firm import typed_number
from lawcrm.prepared import Prepared, padded
from matters.models import Matter, Party
from matters.queries.break_glass import until_of

PAGE = 50
MOST_COUNTED = PAGE
# What a line of the list is drawn from; `acl` tells what is seen by break-glass alone.
LISTED = (
    *("public_id", "number", "title", "state", "opened_on", "acl"),
    *("matter_type__name", "responsible__full_name"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A matter of the list with the names of those clients the viewer may see."""

    matter: Matter
    state: str
    clients: str
    until: datetime | None = None  # seen by break-glass alone, and so long


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    count: int  # MOST_COUNTED + 1 means "more": to count them would cost more than to show them
    newer: str  # the cursor, or ""
    older: str


def filtered(*, state: str = "", matter_type: str = "", responsible_id: int | None = None) -> QuerySet[Matter]:
    wanted: dict[str, Any] = {}
    if state:
        wanted["state"] = state
    if matter_type:
        wanted["matter_type__code"] = matter_type
    if responsible_id:
        wanted["responsible_id"] = responsible_id
    return Matter.objects.filter(**wanted).select_related("matter_type", "responsible").only(*LISTED)


def found(rows: QuerySet[Matter], words: str) -> QuerySet[Matter]:
    """By number from its start or by title in its folded form."""
    folded = Q(title_skeleton__contains=NameSkeleton(Value(words)))
    return rows.filter(folded | Q(number__startswith=typed_number(words)))


def page_of(  # noqa: PLR0913 - filters and place of one page
    *,
    state: str = "",
    matter_type: str = "",
    responsible_id: int | None = None,
    before: str = "",
    after: str = "",
    size: int = PAGE,
) -> Page:
    """`before` leads to older matters, `after` to newer ones; a broken cursor is the first page."""
    backwards = (cursor := _cursor(after)) is not None
    cursor = cursor or _cursor(before)
    values: dict[str, Any] = {} if responsible_id is None else {"responsible_id": responsible_id}
    if cursor is not None:
        values |= dict(zip(("day", "key"), cursor, strict=True))
    matters = _PAGE.ask(state, matter_type, backwards, size + 1, **values)
    more, matters = len(matters) > size, matters[:size]
    if backwards:
        matters.reverse()
    newer = _key(matters[0]) if matters and (more if backwards else cursor is not None) else ""
    older = _key(matters[-1]) if matters and (more or backwards) else ""
    return Page(_shown(matters), MOST_COUNTED + 1 if more or cursor is not None else len(matters), newer, older)


def search_page(rows: QuerySet[Matter]) -> Page:
    """The latest of what was found; `older` is there if there are more, and leads nowhere."""
    matters = list(rows.order_by("-opened_on", "-pk")[: PAGE + 1])
    more, matters = len(matters) > PAGE, matters[:PAGE]
    return Page(_shown(matters), MOST_COUNTED + 1 if more else len(matters), "", _key(matters[-1]) if more else "")


def _page(state: str, matter_type: str, backwards: bool, most: int, **values: Any) -> QuerySet[Matter]:  # noqa: FBT001
    """`values` are there as far as they were asked for: responsible_id, day and key of the cursor."""
    rows = filtered(state=state, matter_type=matter_type, responsible_id=values.get("responsible_id"))
    if "key" in values:
        day, key = values["day"], values["key"]
        beyond = ("gt", "gte") if backwards else ("lt", "lte")
        rows = rows.filter(**{f"opened_on__{beyond[1]}": day}).filter(
            Q(**{f"opened_on__{beyond[0]}": day}) | Q(**{f"pk__{beyond[0]}": key})
        )
    return rows.order_by(*(("opened_on", "pk") if backwards else ("-opened_on", "-pk")))[:most]


_PAGE = Prepared(_page, one_plan=False)


def _shown(matters: list[Matter]) -> list[Row]:
    names = client_names(matters)
    states = {state: str(word) for state, word in Matter.State.choices}
    return [Row(matter, states[matter.state], names.get(matter.pk, ""), until_of(matter)) for matter in matters]


def _clients(*, matters: tuple[int, ...]) -> QuerySet[Party, tuple[int, int]]:
    rows = Party.objects.filter(matter__in=matters, role=Party.Role.CLIENT, until=None)
    return rows.order_by("since", "pk").values_list("matter_id", "contact_id")


def _names(*, contacts: tuple[int, ...]) -> QuerySet[Contact, tuple[int, str]]:
    return Contact.objects.filter(pk__in=contacts).values_list("pk", "name")


_CLIENTS, _NAMES = Prepared(_clients), Prepared(_names)


def client_names(matters: list[Matter]) -> dict[int, str]:
    """Names of the present clients by matter; two queries for any number of matters."""
    if not matters:
        return {}
    clients = _CLIENTS.ask(matters=padded((matter.pk for matter in matters), PAGE))
    names = dict(_NAMES.ask(contacts=padded({contact for _, contact in clients}, PAGE))) if clients else {}
    found: defaultdict[int, list[str]] = defaultdict(list)
    for matter, contact in clients:
        if contact in names:
            found[matter].append(names[contact])
    return {matter: ", ".join(of) for matter, of in found.items()}


def _key(matter: Matter) -> str:
    """The public id: inner ids have gaps that would tell how much is hidden."""
    return str(matter.public_id)


def _cursor(text: str) -> tuple[date, int] | None:
    try:
        key = UUID(text)
    except ValueError:
        return None
    return Matter.objects.filter(public_id=key).values_list("opened_on", "pk").first()
