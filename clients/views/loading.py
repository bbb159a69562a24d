"""Finding the contact a page is about: hidden and missing are both 404."""

from uuid import UUID

from django.http import Http404

from clients.models import Contact
from clients.queries import contacts as queries


def contact_or_404(public_id: UUID) -> Contact:
    try:
        return queries.one(public_id)
    except Contact.DoesNotExist:
        raise Http404 from None
