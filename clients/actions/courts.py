"""The directory of courts and authorities, which everyone in the firm sees."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clients.actions.contacts import AlreadyEntered, NotEntered, locked
from clients.models import Contact, ContactName, Court
from lawcrm import audit
from lawcrm.accounts.models import User

SEAT = ("country", "subdivision", "seat", "level")


class NotACourt(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("This entry of the directory is no court or authority any more."))


class SeatChangedMeanwhile(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("Somebody changed the seat meanwhile. Look at what stands there now, then try again."))


class WithoutReason(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("Say why: the dates of every matter at this court may hang on it."))


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


@audit.attempt("court.changed", on="contact")
def correct_seat(*, actor: User, contact: Contact, seen: str, seat: Mapping[str, str], reason: str) -> Court:  # noqa: ARG001 - the trail knows the actor
    """What was computed by the old seat does not move: who subscribes to the event proposes what follows from it.

    `seen` is the version that the person looked at. Raises ContactRestricted and those above.
    """
    if not reason.strip():
        raise WithoutReason
    present = locked(contact)
    court = Court.objects.select_for_update(of=("self",)).filter(contact=present).first()
    if court is None:
        raise NotACourt
    if seat_version(court) != seen:
        raise SeatChangedMeanwhile
    before = court.place.lower()
    if all(getattr(court, name) == value for name, value in seat.items()):
        return court
    for name, value in seat.items():
        setattr(court, name, value)
    court.save()
    if present.country != court.country:
        present.country = court.country
        present.save()
    audit.record("court.changed", present, reason=reason.strip(), before=before, after=court.place.lower())
    return court


def seat_version(court: Court) -> str:
    """By what the seat is; the ids of past rows would count the changes of the whole firm."""
    return audit.digest({name: getattr(court, name) for name in SEAT})
