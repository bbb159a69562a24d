"""Who was shown a contact, as far as that tells of nothing hidden."""

from dataclasses import dataclass

from django.db.models import QuerySet

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.models import ReadEntry


@dataclass(frozen=True, slots=True)
class Readings:
    entries: QuerySet[ReadEntry]
    only_own: bool


def shown_to_viewer(contact: Contact) -> Readings:
    """A colleague's reading tells of the matter through which they see the contact.

    Whoever answers for the journal is shown all, and so is everybody of a contact the whole firm sees.
    """
    entries, viewer = audit.readers_of(contact), access.required()
    if "journal" in viewer.flags or _is_open_to_the_firm(contact):
        return Readings(entries, only_own=False)
    return Readings(entries.filter(user_id=viewer.user_id or 0), only_own=True)


def _is_open_to_the_firm(contact: Contact) -> bool:
    return Contact.objects.filter(pk=contact.pk, acl__contains=[access.WHOLE_FIRM]).exists()
