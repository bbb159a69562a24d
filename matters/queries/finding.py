"""Contacts and courts offered while a form about a matter is filled in, and matters for the search."""

from uuid import UUID

from django.db.models import QuerySet, Value

from clients.models import Contact, Court
from clients.models.contact import NameSkeleton
from matters.models import Matter
from matters.queries import listing

OFFERED = 8


def contacts_named(words: str) -> list[Contact]:
    """Visible contacts whose name holds the words, by name."""
    return list(_named(Contact.objects.all(), words)[:OFFERED]) if words.strip() else []


def courts_named(words: str) -> list[Contact]:
    """Directory entries that are courts; without words the first of all."""
    return list(_named(Contact.objects.filter(pk__in=Court.objects.values("contact_id")), words)[:OFFERED])


def _named(rows: QuerySet[Contact], words: str) -> QuerySet[Contact]:
    found = rows.filter(name_skeleton__contains=NameSkeleton(Value(words))) if words.strip() else rows
    return found.only("public_id", "kind", "name", "country").order_by("name_skeleton", "pk")


def contact(public_id: UUID) -> Contact | None:
    return Contact.objects.filter(public_id=public_id).first()


def court(public_id: UUID) -> Court | None:
    of = Contact.objects.filter(public_id=public_id).values("pk")
    return Court.objects.filter(contact_id__in=of).first()


def matters_like(words: str, most: int = 6) -> list[Matter]:
    if not words.strip():
        return []
    return list(listing.found(listing.filtered(), words).order_by("-opened_on", "-pk")[:most])
