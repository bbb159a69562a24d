"""Finding the contact a page is about and noting that it was shown: hidden and missing are both 404."""

from uuid import UUID

from django.http import Http404

from clients.models import Contact
from clients.queries import contacts as queries
from lawcrm import audit


def contact_or_404(public_id: UUID, what: str = "page") -> Contact:
    try:
        contact = queries.one(public_id)
    except Contact.DoesNotExist:
        raise Http404 from None
    audit.read(contact, what)
    return contact
