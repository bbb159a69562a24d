"""The sealed part of a contact: looking at it is logged, changing it is an event of its own."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from clients.actions.contacts import locked, refuse_stale
from clients.models import Contact
from clients.queries import confidential
from lawcrm import audit
from lawcrm.accounts.models import User


@transaction.atomic
def show_confidential(*, actor: User, contact: Contact) -> dict[str, Any]:  # noqa: ARG001
    """The sealed values this person may see; that they were shown stands in the read log."""
    audit.read(contact, what="confidential")
    return {name: getattr(contact, name) for name in confidential.readable()}


@audit.attempt("contact.confidential_changed", on="contact")
def change_confidential(*, actor: User, contact: Contact, version: int, values: Mapping[str, Any]) -> None:  # noqa: ARG001
    """Fields the person may not see stay as they are. Raises ContactChangedMeanwhile, ContactRestricted."""
    present = locked(contact)
    refuse_stale(present, version, confidential.readable(), {})
    wanted = {name: values[name] for name in confidential.readable() if name in values}
    changed = [name for name, value in wanted.items() if (getattr(present, name) or None) != (value or None)]
    for name in changed:
        setattr(present, name, wanted[name] or None)
    if changed:
        present.save()
        audit.record("contact.confidential_changed", present, fields=len(changed))
