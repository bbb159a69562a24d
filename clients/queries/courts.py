"""The directory of courts and authorities."""

from django.db.models import QuerySet, Value

from clients.models import Contact, Court
from clients.models.contact import NameSkeleton

MOST = 300


def directory(*, country: str = "", text: str = "") -> QuerySet[Court]:
    """By country and seat, three hundred at most."""
    rows = Court.objects.select_related("contact").defer(
        *(f"contact__{name}" for name in ("acl", "acl_walled", "walled", "deny"))
    )
    if country:
        rows = rows.filter(country=country)
    for word in text.split()[:6]:
        named = Contact.objects.filter(is_directory=True, name_skeleton__contains=NameSkeleton(Value(word)))
        rows = rows.filter(contact_id__in=named.values("pk"))
    return rows.order_by("country", "seat", "pk")[:MOST]
