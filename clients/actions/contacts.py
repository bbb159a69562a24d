"""Entering and changing a contact."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clients import normal
from clients.models import Address, Contact, ContactName, ContactPoint, ContactUserObjectPermission
from clients.queries import contacts as queries
from clients.queries import versions
from lawcrm import audit
from lawcrm.accounts.models import User


class AlreadyEntered(Exception):
    """The form of this contact was sent before; `contact` is what came of it."""

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        super().__init__(_("This contact has been entered already."))


class NotEntered(Exception):
    """The form may not be used (again)."""

    def __init__(self) -> None:
        super().__init__(_("This form has been used. Please begin with a new one."))


class ContactRestricted(audit.Refused):
    """Processing is restricted (Art. 18 GDPR): the data is kept and not changed."""

    def __init__(self) -> None:
        super().__init__(_("The use of this person's data is restricted, so nothing may be changed."))


class ContactChangedMeanwhile(Exception):
    """Somebody saved since the form was opened; `version` and `values` are what stands now."""

    def __init__(self, version: int, values: Mapping[str, Any], changed_by: int | None) -> None:
        self.version, self.values, self.changed_by = version, values, changed_by
        super().__init__(_("Somebody changed this contact while you were writing. Nothing of yours is lost."))


@dataclass(frozen=True)
class NewPoint:
    kind: str
    value: str
    label: str = ""
    is_primary: bool = False


@transaction.atomic
def enter_contact(
    *,
    actor: User,
    public_id: UUID,
    values: Mapping[str, Any],
    points: Iterable[NewPoint] = (),
    address: Mapping[str, str] | None = None,
) -> Contact:
    """The id is the form's own, so that a form sent twice enters one contact. Raises AlreadyEntered, NotEntered."""
    if (before := Contact.objects.filter(public_id=public_id).first()) is not None:
        raise AlreadyEntered(before)
    contact = Contact(public_id=public_id, created_by=actor, **values)
    try:
        with transaction.atomic():
            contact.save(force_insert=True)
    except IntegrityError:
        raise NotEntered from None
    give_sight(actor, [contact])
    ContactName.objects.create(contact=contact, name=contact.name)
    for point in points:
        ContactPoint.objects.create(
            contact=contact, normalised=normal.point(point.kind, point.value, contact.country), **vars(point)
        )
    if address:
        Address.objects.create(contact=contact, **address)
    audit.record("contact.entered", contact, contact_kind=contact.kind, source_code=contact.source)
    return contact


def give_sight(to: User, contacts: Iterable[Contact]) -> None:
    """An own grant, which lasts when the matters that also open the contact are closed or walled."""
    permission = Permission.objects.get(content_type__app_label="clients", codename="view_contact")
    ContactUserObjectPermission.objects.bulk_create(
        [ContactUserObjectPermission(user=to, permission=permission, content_object=contact) for contact in contacts],
        batch_size=1000,
    )


def locked(contact: Contact) -> Contact:
    """The row as it stands now, for changing. Raises ContactRestricted."""
    present = queries.visible().select_for_update(of=("self",)).get(pk=contact.pk)
    if present.is_restricted:
        raise ContactRestricted
    return present


@audit.attempt("contact.changed", on="contact")
def change_contact(*, actor: User, contact: Contact, version: int, values: Mapping[str, Any]) -> Contact:  # noqa: ARG001
    """Raises ContactChangedMeanwhile, ContactRestricted. A new name is kept beside the old ones."""
    present = locked(contact)
    refuse_stale(present, version, versions.plain(), values)
    changed = {name: value for name, value in values.items() if getattr(present, name) != value}
    if not changed:
        return present
    for name, value in changed.items():
        setattr(present, name, value)
    present.save()
    if "name" in changed:
        name_anew(present, changed["name"])
    audit.record("contact.changed", present, fields=len(changed))
    return present


def refuse_stale(present: Contact, version: int, names: Collection[str], values: Mapping[str, Any]) -> None:
    """`names` are what the form holds. Raises ContactChangedMeanwhile."""
    if (latest := versions.version_of(present, names)) != version:
        by = versions.last_changed_by(present, names)
        raise ContactChangedMeanwhile(latest, {name: getattr(present, name) for name in values}, by)


def name_anew(contact: Contact, name: str) -> None:
    """The former legal name becomes a former one; search and conflict checks go on finding it."""
    for former in ContactName.objects.filter(contact=contact, kind=ContactName.Kind.LEGAL).exclude(name=name):
        former.kind = ContactName.Kind.FORMER
        former.save()
    if not ContactName.objects.filter(contact=contact, kind=ContactName.Kind.LEGAL, name=name).exists():
        ContactName.objects.create(contact=contact, name=name)


@audit.attempt("contact.released", on="contact")
def release_from_quarantine(*, actor: User, contact: Contact) -> None:  # noqa: ARG001
    """An imported row that somebody looked at is as good as any other."""
    present = locked(contact)
    if present.quarantined_at is None:
        return
    present.quarantined_at = None
    present.save()
    audit.record("contact.released", present)
