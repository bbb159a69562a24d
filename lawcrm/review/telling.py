"""Entries of the trail in words: names of staff and numbers of matters, nothing of what is in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.audit.roots import ROOTS
from lawcrm.models import JournalEntry, ReadEntry, RefusedRequest
from lawcrm.review import asking, kinds

# Facts that name a member of staff by id.
PEOPLE = ("user_id", "invited_by", "changed_by", "asked_by", "decided_by")


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the log; `about` is a number or a member of staff, `detail` codes and counts."""

    at: datetime
    who: str
    what: str
    part: kinds.Part
    about: str
    detail: str


def told(entries: Iterable[asking.Entry]) -> list[Told]:
    """Two queries for names and numbers, however many entries."""
    entries = list(entries)
    names = staff_names({pk for entry in entries for pk in _people(entry)})
    numbers = matter_numbers({entry.matter_id for entry in entries if isinstance(entry, JournalEntry | ReadEntry)})
    return [_line(entry, names, numbers) for entry in entries]


def staff_names(pks: Iterable[int | None]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=[pk for pk in pks if pk]).values_list("pk", "full_name"))


def matter_numbers(pks: Iterable[int | None]) -> dict[int, str]:
    """Numbers only: whoever reviews need not see the matters."""
    matters: Any = apps.get_model(ROOTS["matter_id"])
    with access.as_system("numbers for a review of the logs"):
        return dict(matters.objects.filter(pk__in=[pk for pk in pks if pk]).values_list("pk", "number"))


def matter_by_number(number: str) -> int | None:
    matters: Any = apps.get_model(ROOTS["matter_id"])
    with access.as_system("a matter for a review of the logs"):
        found: int | None = matters.objects.filter(number=number).values_list("pk", flat=True).first()
    return found


def _people(entry: asking.Entry) -> set[int | None]:
    if not isinstance(entry, JournalEntry):
        return {entry.user_id}
    named = {entry.object_id} if entry.object_type == "accounts.user" else set()
    return {entry.actor_id, *named, *(entry.facts.get(name) for name in PEOPLE)}


def _line(entry: asking.Entry, names: dict[int, str], numbers: dict[int, str]) -> Told:
    match entry:
        case JournalEntry():
            who = names.get(entry.actor_id or 0, "") or _("The system")
            about = _about(entry, numbers, names)
            return Told(
                entry.at, who, kinds.words_of(entry.kind), kinds.part_of(entry.kind), about, _facts(entry, names)
            )
        case ReadEntry():
            words = str(kinds.READINGS.get(entry.what, entry.what))
            return Told(entry.at, names.get(entry.user_id, "–"), words, _part(entry), _about(entry, numbers, names), "")
        case RefusedRequest():
            return _refusal(entry, names)
    raise TypeError(entry)


def _part(entry: ReadEntry) -> kinds.Part:
    if entry.break_glass_id is not None:
        return kinds.Part.GLASS
    ways = {kinds.Part.EXPORT: kinds.EXPORTS, kinds.Part.SEALED: kinds.SEALED}
    return next((part for part, named in ways.items() if entry.what in named), kinds.Part.READING)


def _refusal(entry: RefusedRequest, names: dict[int, str]) -> Told:
    who = names.get(entry.user_id or 0, "") or _("Nobody known")
    words = {403: _("Not allowed"), 404: _("Not found or hidden")}.get(entry.status, _("Not let in"))
    place = _("network %(mark)s") % {"mark": entry.network}
    return Told(entry.at, who, words, kinds.Part.REFUSED, entry.url_name, place)


def _about(entry: JournalEntry | ReadEntry, numbers: dict[int, str], names: dict[int, str]) -> str:
    if entry.matter_id:
        return numbers.get(entry.matter_id, "") or _("a matter that is gone")
    if entry.object_type == "accounts.user":
        return names.get(entry.object_id, "")
    try:
        noun = apps.get_model(entry.object_type)._meta.verbose_name
    except LookupError:
        noun = entry.object_type
    return f"{noun} {entry.object_id}"


def _facts(entry: JournalEntry, names: dict[int, str]) -> str:
    """Codes and counts as they stand; ids of staff as names, other ids not at all."""
    people = [names[pk] for name, pk in entry.facts.items() if name in PEOPLE and pk in names]
    codes = [
        f"{name.replace('_', ' ')} {value}".replace("_", " ")
        for name, value in entry.facts.items()
        if not name.endswith(("_id", "_by", "sha256")) and value is not None
    ]
    return " · ".join([*people, *codes])
