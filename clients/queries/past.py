"""The history of a contact in words: who changed what, latest first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Address, Contact, ContactName, ContactPoint
from clients.queries import confidential
from clients.queries.detail import people
from lawcrm.crypto.fields import SealedField

MOST = 200
PARTS = (ContactName, ContactPoint, Address)
# Technical columns that say nothing to a reader.
UNSPOKEN = frozenset(
    {"id", "public_id", "contact", "normalised", "share_id", "created_at", "created_by", "given_name", "family_name"}
)


@dataclass(frozen=True)
class Change:
    """One line of the timeline."""

    at: dt.datetime
    what: str
    who: str
    details: str


def of(contact: Contact) -> list[Change]:
    """The latest changes of the contact, its names, points and addresses."""
    found = list(_changes(_rows(contact.history.all())))
    for model in PARTS:
        found += _changes(_rows(model.history.filter(contact=contact)))
    found = [(row, before) for row, before in found if row.history_type != "~" or any(_differences(row, before))]
    found.sort(key=lambda entry: (entry[0].history_date, entry[0].pk), reverse=True)
    names = people({row.history_user_id for row, _before in found if row.history_user_id})
    return [_said(row, before, names) for row, before in found[:MOST]]


def _rows(past: Any) -> list[Any]:
    return list(past.order_by("id", "history_id")[: MOST * 2])


def _changes(rows: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each row with the one before it of the same object."""
    for before, row in pairwise([None, *rows]):
        yield row, before if before is not None and before.id == row.id else None


def _said(row: Any, before: Any, names: dict[int, str]) -> Change:
    noun = str(row.instance_type._meta.verbose_name)
    verbs = {"+": _("%(thing)s entered"), "~": _("%(thing)s changed"), "-": _("%(thing)s deleted")}
    what = (verbs[row.history_type] % {"thing": noun}).capitalize()
    who = _("by %(who)s") % {"who": names.get(row.history_user_id, "") or _("the system")}
    return Change(row.history_date, what, who, "; ".join(_differences(row, before)))


def _differences(row: Any, before: Any) -> Iterator[str]:
    unreadable = confidential.NEEDS.keys() - {*confidential.readable()}
    for field in row.instance_type._meta.concrete_fields:
        if field.name in UNSPOKEN or field.name in unreadable or field.attname not in row.__dict__:
            continue
        now, then = (_shown(field, each) for each in (row, before))
        if now == then or (before is None and not now):
            continue
        label = str(field.verbose_name)
        if isinstance(field, SealedField):
            yield _("%(field)s (sealed)") % {"field": label}
        elif before is None or not then:
            yield f"{label}: {now}"
        else:
            yield f"{label}: {then} → {now or '–'}"


def _shown(field: Any, row: Any) -> Any:
    """The value in words; a sealed one to be compared, never to be told.

    It is opened for that: each row of the past is sealed anew, so that equal values differ as they are stored.
    """
    if row is None:
        return ""
    if isinstance(field, SealedField):
        return getattr(row, field.attname) or ""
    held = row.__dict__.get(field.attname)
    if isinstance(held, bool):
        return _("yes") if held else ""
    if isinstance(held, dt.datetime | dt.date):
        return held.isoformat()[:10]
    return dict(field.choices or ()).get(held, held) or ""
