"""The page about access: grants with their reasons, walls, readers, changes of fields."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts.models import User
from lawcrm.crypto.fields import SealedField
from lawcrm.models import JournalEntry
from matters.models import Matter, MatterType, Wall, WallBar
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
    """A holder with the reason last given, and when and by whom."""

    holder: Holder
    reason: str
    given_at: datetime | None
    given_by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A wall that stands, and whom it keeps out."""

    wall: Wall
    kept_out: list[str]


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    what: str | Promise
    at: datetime


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
    return [_grant(holder, latest.get(holder.principal), names) for holder in holders]


def _principal(entry: JournalEntry) -> int:
    facts = entry.facts
    return int(facts["user_id"]) if "user_id" in facts else -int(facts.get("group_id", 0))


def _grant(holder: Holder, entry: JournalEntry | None, names: dict[int, str]) -> Grant:
    if entry is None:
        return Grant(holder, "", None, "")
    return Grant(holder, entry.reason, entry.at, names.get(entry.actor_id or 0, ""))


def walls_of(matter: Matter) -> list[Standing]:
    walls = list(Wall.objects.filter(matter=matter, ends_at=None).select_related("raised_by").order_by("-raised_at"))
    bars = list(WallBar.objects.filter(matter=matter).select_related("user", "group")) if walls else []
    return [Standing(wall, sorted(_kept_out(bar) for bar in bars if bar.wall_id == wall.pk)) for wall in walls]


def _kept_out(bar: WallBar) -> str:
    if bar.user is not None:
        return bar.user.full_name
    return bar.group.name if bar.group is not None else ""


def readers_of(matter: Matter, holders: list[Holder]) -> list[Reader]:
    """The latest readers of the matter itself, once per person and kind of reading."""
    words: dict[str, str] = {"page": _("read"), "export": _("exported")}
    entries = list(audit.readers_of(matter)[:500])
    latest: dict[tuple[int, str], datetime] = {}
    for entry in entries:
        latest.setdefault((entry.user_id, entry.what), entry.at)
    names = names_of({user for user, _what in latest}, holders)
    readers = [Reader(names.get(user, ""), words.get(what, what), at) for (user, what), at in latest.items()]
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
