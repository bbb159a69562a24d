"""Erasing what was released: rows, history, journal texts, queued mail, files and the data key."""

import hashlib
import json
from collections import Counter
from datetime import datetime
from typing import Any

from django.db import models, transaction

from clients.models import Contact
from lawcrm import access, audit, erasure
from lawcrm.crypto import files, keyring
from lawcrm.models.outbox import OutboxMessage
from matters.models import Matter
from privacy import ledger
from privacy.models import Certificate, ErasureItem
from privacy.queries import erasing as queries

REASON = "retention"


def erase_released(*, now: datetime) -> int:
    """Erase every released matter, each in its own transaction; what is held stays."""
    with access.as_system(REASON):
        released = list(ErasureItem.objects.filter(state=ErasureItem.State.RELEASED).values_list("pk", flat=True))
        return sum(_erase_item(pk, now) for pk in released)


@transaction.atomic
def _erase_item(item_id: int, now: datetime) -> bool:
    """The data key goes last before the commit: whatever fails earlier leaves everything as it was.

    If the commit itself fails after that, the content is unreadable, the item is still released,
    and the next run finishes it.
    """
    item = ErasureItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    matter = Matter.objects.select_for_update(of=("self",)).filter(pk=item.matter_ref).first()
    if item.state != ErasureItem.State.RELEASED or matter is None or matter.hold_count:
        return False
    contacts = list(queries.contacts_only_of(matter))
    owners, names = [matter.public_id], list(matter.documents.values_list("stored_name", flat=True))
    counts = erase_matter(matter, actor_id=item.released_by_id)
    for contact in contacts:
        counts += erase_contact(contact, actor_id=item.released_by_id)
        owners.append(contact.public_id)
    certificate = _certify(item, matter.public_id, counts, now)
    item.state, item.erased_at = ErasureItem.State.ERASED, now
    item.save()
    audit.record("retention.erased", certificate)
    ledger.append(owners, now)
    for owner in owners:
        keyring.destroy(owner, now=now)
    transaction.on_commit(lambda: _remove_files(names))
    return True


def erase_matter(matter: Matter, *, actor_id: int | None) -> Counter[str]:
    """Delete a matter with everything that belongs to it, history included; answers rows by table."""
    counts = _erase_under(matter, actor_id)
    _erase_queue(matter_id=matter.pk)
    audit.redact_journal_under("matter_id", matter.pk, reason=REASON, actor_id=actor_id)
    counts["matters.matter"] = erasure.erase_rows(Matter, "id", matter.pk, reason=REASON, actor_id=actor_id)
    return counts


def erase_contact(contact: Contact, *, actor_id: int | None) -> Counter[str]:
    """Delete a contact that is party to no matter, with history; answers rows by table."""
    counts = _erase_under(contact, actor_id)
    _erase_queue(contact_id=contact.pk)
    audit.redact_journal_under("contact_id", contact.pk, reason=REASON, actor_id=actor_id)
    counts["clients.contact"] = erasure.erase_rows(Contact, "id", contact.pk, reason=REASON, actor_id=actor_id)
    return counts


def _erase_under(root: models.Model, actor_id: int | None) -> Counter[str]:
    counts: Counter[str] = Counter()
    for model in erasure.models_under(type(root)):
        column = erasure.column_to(model, type(root))
        if column is not None:
            counts[model._meta.label_lower] = erasure.erase_rows(
                model, column, root.pk, reason=REASON, actor_id=actor_id
            )
    return counts


def _erase_queue(**belonging: int) -> None:
    OutboxMessage.objects.filter(**belonging).delete()


def _certify(item: ErasureItem, subject: Any, counts: Counter[str], now: datetime) -> Certificate:
    """What went, in numbers; the digest binds them so that a changed certificate is noticed."""
    numbers = {label: count for label, count in sorted(counts.items()) if count}
    text = json.dumps([str(subject), item.rule, numbers, now.isoformat()], sort_keys=True)
    return Certificate.objects.create(
        subject_ref=subject,
        kind="matter",
        rule=item.rule,
        counts=numbers,
        proposed_by_id=item.proposed_by_id,
        released_by_id=item.released_by_id,
        erased_at=now,
        digest=hashlib.sha256(text.encode()).digest(),
    )


def _remove_files(names: list[str]) -> None:
    for name in names:
        files.remove(name)


def sweep_files(*, now: datetime) -> int:
    """Remove files no row names: left by a crash between an upload or erasure and its file."""
    with access.as_system("sweep files"):
        stray = files.reconcile(erasure.stored_names(), now=now).without_row
    _remove_files(stray)
    return len(stray)
