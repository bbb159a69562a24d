"""What the page of one contact shows."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from clients.models import Address, Contact, ContactName, ContactPoint, Court
from lawcrm.accounts.models import User


@dataclass(frozen=True)
class Detail:
    """One contact with all that hangs on it."""

    contact: Contact
    points: list[ContactPoint]
    addresses: list[Address]
    names: list[ContactName]
    court: Court | None
    shared: frozenset[Any]


def of(contact: Contact) -> Detail:
    points = list(ContactPoint.objects.filter(contact=contact).order_by("-is_primary", "kind", "pk"))
    addresses = list(Address.objects.filter(contact=contact).order_by("kind", "pk"))
    names = ContactName.objects.filter(contact=contact).order_by(F("valid_from").desc(nulls_last=True), "-pk")
    court = Court.objects.filter(contact=contact).first() if contact.is_directory else None
    return Detail(contact, points, addresses, list(names), court, _shared(contact, points, addresses))


def _shared(contact: Contact, points: list[ContactPoint], addresses: list[Address]) -> frozenset[Any]:
    """The share ids that another visible contact uses too."""
    shared: set[Any] = set()
    for model, rows in ((ContactPoint, points), (Address, addresses)):
        ids = [row.share_id for row in rows]
        others = model.objects.filter(share_id__in=ids).exclude(contact=contact)
        shared.update(others.values_list("share_id", flat=True))
    return frozenset(shared)


def people(ids: set[int]) -> dict[int, str]:
    """Names of members of staff, also of those who left."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))
