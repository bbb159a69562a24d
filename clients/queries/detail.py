"""What the page of one contact shows."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef

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


def of(contact: Contact) -> Detail:
    points = ContactPoint.objects.filter(contact=contact).annotate(is_shared=_shared(ContactPoint))
    addresses = Address.objects.filter(contact=contact).annotate(is_shared=_shared(Address))
    names = ContactName.objects.filter(contact=contact).order_by(F("valid_from").desc(nulls_last=True), "-pk")
    court = Court.objects.filter(contact=contact).first() if contact.is_directory else None
    return Detail(
        contact,
        list(points.order_by("-is_primary", "kind", "pk")),
        list(addresses.order_by("kind", "pk")),
        list(names),
        court,
    )


def _shared(model: type[ContactPoint | Address]) -> Exists:
    """Whether another visible contact uses it too."""
    others = model.objects.filter(share_id=OuterRef("share_id")).exclude(contact=OuterRef("contact"))
    return Exists(others)


def people(ids: set[int]) -> dict[int, str]:
    """Names of members of staff, also of those who left."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))
