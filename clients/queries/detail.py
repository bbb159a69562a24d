"""What the page of one contact shows."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from clients.models import Address, Contact, ContactName, ContactPoint, Court
from lawcrm.accounts.models import User
from lawcrm.prepared import Prepared


@dataclass(frozen=True)
class Detail:
    """One contact with all that hangs on it."""

    contact: Contact
    points: list[ContactPoint]
    addresses: list[Address]
    names: list[ContactName]
    court: Court | None


def of(contact: Contact) -> Detail:
    court = Court.objects.filter(contact=contact).first() if contact.is_directory else None
    return Detail(
        contact,
        _POINTS.ask(contact=contact.pk),
        _ADDRESSES.ask(contact=contact.pk),
        _NAMES.ask(contact=contact.pk),
        court,
    )


def _points(*, contact: int) -> QuerySet[ContactPoint]:
    rows = ContactPoint.objects.filter(contact=contact).annotate(is_shared=_shared(ContactPoint))
    return rows.order_by("-is_primary", "kind", "pk")


def _addresses(*, contact: int) -> QuerySet[Address]:
    return Address.objects.filter(contact=contact).annotate(is_shared=_shared(Address)).order_by("kind", "pk")


def _names(*, contact: int) -> QuerySet[ContactName]:
    return ContactName.objects.filter(contact=contact).order_by(F("valid_from").desc(nulls_last=True), "-pk")


def _shared(model: type[ContactPoint | Address]) -> Exists:
    """Whether another visible contact uses it too."""
    others = model.objects.filter(share_id=OuterRef("share_id")).exclude(contact=OuterRef("contact"))
    return Exists(others)


_POINTS, _ADDRESSES, _NAMES = Prepared(_points), Prepared(_addresses), Prepared(_names)


def people(ids: set[int]) -> dict[int, str]:
    """Names of members of staff, also of those who left."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))
