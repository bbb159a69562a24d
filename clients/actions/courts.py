"""The directory of courts and authorities, which everyone in the firm sees."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from clients.actions.contacts import AlreadyEntered, NotEntered
from clients.models import Contact, ContactName, Court
from lawcrm import audit
from lawcrm.accounts.models import User


@transaction.atomic
def enter_court(  # noqa: PLR0913 - what a court is entered with
    *, actor: User, public_id: UUID, name: str, seat: Mapping[str, str], reason: str, today: date
) -> Contact:
    """The reason says why this may be seen by everyone. Raises AlreadyEntered, NotEntered."""
    if (before := Contact.objects.filter(public_id=public_id).first()) is not None:
        raise AlreadyEntered(before)
    contact = Contact(
        public_id=public_id,
        kind=Contact.Kind.ORGANISATION,
        name=name,
        country=seat["country"],
        source=Contact.Source.PUBLIC_REGISTER,
        collected_on=today,
        created_by=actor,
        is_directory=True,
        directory_reason=reason,
    )
    try:
        with transaction.atomic():
            contact.save(force_insert=True)
    except IntegrityError:
        raise NotEntered from None
    ContactName.objects.create(contact=contact, name=name)
    Court.objects.create(contact=contact, **seat)
    audit.record("court.entered", contact, reason=reason)
    return contact
