"""The page about access: grants with their reasons, readers, changes of fields."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts.models import GroupKind, User
from lawcrm.crypto.fields import SealedField
from lawcrm.models import JournalEntry
from matters.models import BreakGlass, Matter, MatterType
from matters.queries import break_glass
from matters.queries.team import Holder, names_of

MOST_READERS = 30
TOLD = {
    "title",
    "matter_type",
    "state",
    "responsible",
    "jurisdiction",
    "court_reference",
    "summary",
    "opened_on",
    "closed_on",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A holder with the reason last given, when and by whom; people from outside with their last day."""

    holder: Holder
    reason: str
    given_at: datetime | None
    given_by: str
    ends_on: date | None = None
    group_page: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    what: str | Promise
    at: datetime
    by_glass: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the matter before and after."""

    at: datetime
    by: str
    field: str
    before: str
    after: str


def grants_of(matter: Matter, holders: list[Holder]) -> list[Grant]:
    entries = JournalEntry.objects.filter(matter_id=matter.pk, kind="matter.access_granted").order_by("pk")
    latest = {_principal(entry): entry for entry in entries}
    names = names_of({entry.actor_id for entry in latest.values() if entry.actor_id}, holders)
    ends = outside_until(holders)
    pages = _pages_of_groups(holders)
    return [
        _grant(holder, latest.get(holder.principal), names, ends.get(holder.principal), pages) for holder in holders
    ]


def _pages_of_groups(holders: list[Holder]) -> dict[int, str]:
    groups = [-holder.principal for holder in holders if holder.is_group]
    rows = GroupKind.objects.filter(group__in=groups).values_list("group_id", "public_id") if groups else []
    return {-group_id: reverse("accounts:group", args=[public_id]) for group_id, public_id in rows}


@dataclass(frozen=True, slots=True)
class Former:
    """Somebody who once saw the matter and does not any more, by what was withdrawn last."""

    name: str
    is_group: bool
    reason: str
    until: datetime
    ended_by: str


def former_of(matter: Matter, holders: list[Holder]) -> list[Former]:
    """Those whose access was withdrawn and not given again, the latest first."""
    entries = JournalEntry.objects.filter(matter_id=matter.pk, kind="matter.access_withdrawn").order_by("pk")
    here = {holder.principal for holder in holders}
    latest = {who: entry for entry in entries if (who := _principal(entry)) not in here}
    people = {who for who in latest if who > 0} | {entry.actor_id for entry in latest.values() if entry.actor_id}
    names = names_of(people, holders)
    groups = dict(Group.objects.filter(pk__in=[-who for who in latest if who < 0]).values_list("pk", "name"))
    gone = [
        Former(
            names.get(who, "") if who > 0 else groups.get(-who, ""),
            who < 0,
            entry.reason,
            entry.at,
            names.get(entry.actor_id or 0, ""),
        )
        for who, entry in latest.items()
    ]
    return sorted(gone, key=lambda former: former.until, reverse=True)


def outside_until(holders: list[Holder]) -> dict[int, date]:
    """The last day of those on the team who are from outside."""
    ids = [holder.principal for holder in holders if not holder.is_group]
    rows = User.objects.filter(pk__in=ids, is_external=True, ends_on__isnull=False)
    return {pk: ends_on for pk, ends_on in rows.values_list("pk", "ends_on") if ends_on is not None}


def _principal(entry: JournalEntry) -> int:
    facts = entry.facts
    return int(facts["user_id"]) if "user_id" in facts else -int(facts.get("group_id", 0))


def _grant(
    holder: Holder, entry: JournalEntry | None, names: dict[int, str], ends_on: date | None, pages: dict[int, str]
) -> Grant:
    page = pages.get(holder.principal, "")
    if entry is None:
        return Grant(holder, "", None, "", ends_on, page)
    return Grant(holder, entry.reason, entry.at, names.get(entry.actor_id or 0, ""), ends_on, page)


def broken_into(matter: Matter) -> list[tuple[BreakGlass, str]]:
    """Every break-glass of the matter, latest first, with its reason."""
    rows = break_glass.of_matter(matter)
    kind = "matter.break_glass_began"
    entries = JournalEntry.objects.filter(matter_id=matter.pk, kind=kind) if rows else []
    reasons = {entry.facts.get("break_glass_id"): entry.reason for entry in entries}
    return [(row, reasons.get(row.pk, "")) for row in rows]


def readers_of(matter: Matter, holders: list[Holder]) -> list[Reader]:
    """The latest readers of the matter itself, once per person and kind of reading."""
    words: dict[str, str] = {
        "page": _("read"),
        "list": _("read in a list"),
        "export": _("exported"),
        "download": _("downloaded"),
    }
    entries = list(audit.readers_of(matter)[:500])
    latest: dict[tuple[int, str, bool], datetime] = {}
    for entry in entries:
        latest.setdefault((entry.user_id, entry.what, entry.break_glass_id is not None), entry.at)
    names = names_of({user for user, _what, _glass in latest}, holders)
    readers = [
        Reader(names.get(user, ""), words.get(what, what), at, by_glass)
        for (user, what, by_glass), at in latest.items()
    ]
    return readers[:MOST_READERS]


def changes_of(matter: Matter) -> list[Change]:
    """What was changed in the matter's own fields, latest first; of sealed text only that it changed."""
    versions: list[Any] = list(matter.history.order_by("history_id"))
    said = _Values(versions)
    told = [field for field in Matter.history.model._meta.get_fields() if field.name in TOLD]
    found = [
        said.change(field, before, after)
        for before, after in pairwise(versions)
        for field in told
        if getattr(before, field.attname) != getattr(after, field.attname)
    ]
    return found[::-1]


class _Values:
    """Values of history rows in words, names looked up for all rows at once."""

    def __init__(self, versions: list[Any]) -> None:
        people = {row.responsible_id for row in versions} | {row.history_user_id for row in versions}
        self.staff = dict(User.objects.filter(pk__in=people - {None}).values_list("pk", "full_name"))
        self.types = dict(MatterType.objects.values_list("pk", "name"))

    def change(self, field: Any, before: Any, after: Any) -> Change:
        by = self.staff.get(after.history_user_id, "")
        said = self.of(field, before), self.of(field, after)
        return Change(after.history_date, by, str(field.verbose_name), *said)

    def of(self, field: Any, row: Any) -> str:
        value = getattr(row, field.attname)
        if isinstance(field, SealedField):
            return _("(kept encrypted)") if value else ""
        if field.name == "responsible":
            return self.staff.get(value, "")
        if field.name == "matter_type":
            return self.types.get(value, "")
        return str(dict(field.flatchoices).get(value, value)) if value is not None else ""
