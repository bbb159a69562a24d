"""Erasing again what a restored backup brought back."""

from datetime import datetime

from django.db import transaction

from clients.models import Contact
from lawcrm import access
from lawcrm.crypto import keyring
from matters.models import Matter
from privacy import ledger
from privacy.actions import erasure


def erase_again(*, now: datetime) -> int:
    """Matters first: their parties stand in the way of contacts. Answers how many were found and erased."""
    owners = set(ledger.owners())
    with access.as_system("replay of the erasure ledger"):
        erased = 0
        for matter in Matter.objects.filter(public_id__in=owners):
            with transaction.atomic():
                erasure.erase_matter(matter, actor_id=None)
                erased += 1
        for contact in Contact.objects.filter(public_id__in=owners, parties__isnull=True):
            with transaction.atomic():
                erasure.erase_contact(contact, actor_id=None)
                erased += 1
        for owner in owners:
            keyring.destroy(owner, now=now)
    return erased
