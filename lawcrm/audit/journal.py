"""The event journal: who did what to which object, why and when, without content and without names."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, models

from lawcrm.audit.actor import actor, require_transaction
from lawcrm.audit.roots import about, roots_of

if TYPE_CHECKING:
    from lawcrm.models import JournalEntry

type Fact = int | bool | str | Enum | date | datetime | UUID | None

# A code such as "closed", "art_17" or "DKK", which no name with its capital or its space is.
CODE = re.compile(r"[a-z0-9_.:-]{1,100}|[A-Z0-9_]{1,10}|")
LONGEST_REASON = 2000

# RETURNING is left out: whoever records need not be allowed to read what was recorded.
INSERT = """
insert into lawcrm_journalentry (kind, object_type, object_id, object_public_id, actor_id, source, request_id,
  matter_id, contact_id, payload) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)
"""


class NotAFact(ValueError):
    """A fact that could hold personal data: only numbers, codes, dates and ids are facts."""


@dataclass(frozen=True)
class Event:
    """What a subscriber is told, inside the transaction that recorded it."""

    kind: str
    object: models.Model
    actor_id: int | None
    reason: str = ""
    facts: dict[str, Fact] = field(default_factory=dict)


type Handler = Callable[[Event], None]

_handlers: defaultdict[str, list[Handler]] = defaultdict(list)


def subscribe(kind: str, handler: Handler) -> None:
    """Call the handler for each event of the kind, in the same transaction; once however often subscribed."""
    if handler not in _handlers[kind]:
        _handlers[kind].append(handler)


def record(kind: str, obj: models.Model, *, reason: str = "", **facts: Fact) -> None:
    """Add an event about the object to the journal and tell its subscribers.

    Facts are ids, codes, counts and dates. `matter_id` and `contact_id` among them also decide who
    may see the entry. The reason is free text and is what redaction blanks.
    """
    record_each(kind, (obj,), reason=reason, **facts)


def record_each(kind: str, objs: Iterable[models.Model], *, reason: str = "", **facts: Fact) -> None:
    """The same event about each of the objects, in one statement."""
    objs = list(objs)
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, [_row(kind, obj, reason, facts) for obj in objs])
    for obj in objs:
        for handler in _handlers[kind]:
            handler(Event(kind, obj, actor().user_id, reason, facts))


def _row(kind: str, obj: models.Model, reason: str, facts: dict[str, Fact]) -> list[Any]:
    viewer = actor()
    require_transaction(obj._meta.model)
    plain = {name: _plain(name, value) for name, value in facts.items()}
    payload = {"reason": (reason or viewer.system)[:LONGEST_REASON], "facts": plain}
    named = {name: value for name in ("matter_id", "contact_id") if isinstance(value := facts.get(name), int)}
    roots = roots_of(obj) | named
    values = (kind, obj._meta.label_lower, obj.pk, getattr(obj, "public_id", None), viewer.user_id)
    where = (viewer.source[:20], viewer.request_id[:40], roots.get("matter_id"), roots.get("contact_id"))
    return [*values, *where, json.dumps(payload)]


def events_of(obj: models.Model) -> "models.QuerySet[JournalEntry]":
    """What happened to the object, or to anything in it if it is a matter or contact; latest first."""
    from lawcrm.models import JournalEntry

    return JournalEntry.objects.filter(about(obj)).order_by("-at", "-pk")


def _plain(name: str, value: Fact) -> int | str | None:
    match value:
        case None | int():  # bool is an int
            return value.value if isinstance(value, Enum) else value
        case Enum() if len(str(value.value)) <= 100:  # noqa: PLR2004
            return str(value.value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case str() if CODE.fullmatch(value):
            return value
    message = f"fact {name!r} is neither a number, a code, a date nor an id"
    raise NotAFact(message)
