"""What a form about a contact was opened on: changes with what that form holds, and with nothing else.

Ids of history rows would do worse: they count the changes of the whole firm, hidden ones included, and a
change of a sealed field would show to whoever may not know that there is one.
"""

from collections.abc import Collection
from itertools import pairwise
from typing import Any

from django.utils.crypto import salted_hmac

from clients.models import Contact
from clients.queries import confidential

SALT = "clients.version"
BYTES = 6  # a number that fits a form
MOST = 50


def plain() -> list[str]:
    """What people enter and everybody sees who sees the contact."""
    fields = (field for field in Contact._meta.concrete_fields if field.editable)
    return [field.attname for field in fields if field.name not in confidential.NEEDS]


def version_of(contact: Contact, names: Collection[str]) -> int:
    """From the latest row of the past, which holds what stands now; 0 before the first."""
    latest = _past(contact).first()
    if latest is None:
        return 0
    mark = salted_hmac(SALT, repr(_held(latest, names)), algorithm="sha256")
    return int.from_bytes(mark.digest()[:BYTES])


def last_changed_by(contact: Contact, names: Collection[str]) -> int | None:
    """Who made the latest change of one of these."""
    past = list(_past(contact)[:MOST])
    found = (after.history_user_id for after, before in pairwise(past) if _held(after, names) != _held(before, names))
    return next(found, past[-1].history_user_id if past else None)


def _past(contact: Contact) -> Any:
    return contact.history.order_by("-history_id")


def _held(row: Any, names: Collection[str]) -> list[Any]:
    """Sealed values opened: each row of the past is sealed anew, so that equal ones differ as they are stored."""
    return [getattr(row, name) for name in names]
