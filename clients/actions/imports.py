"""Importing contacts: check a file, then import its good rows all at once or none."""

import datetime as dt
import io
from collections.abc import Sequence
from contextlib import ExitStack

from django.db import transaction
from django.utils.translation import gettext as _

from clients.actions.contacts import give_sight
from clients.imports import decoding
from clients.imports.rows import Draft
from clients.models import Address, Contact, ContactImport, ContactName, ContactPoint
from clients.queries import imports as queries
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.crypto import files, keyring
from lawcrm.doors.safe_upload import CheckedUpload

KEEP = dt.timedelta(hours=24)
State = ContactImport.State


class ImportOver(Exception):
    """The batch was imported or discarded already, or its day is over."""

    def __init__(self) -> None:
        super().__init__(_("This import is over. Upload the file again if something is missing."))


class NothingToImport(Exception):
    """No row is left to import."""

    def __init__(self) -> None:
        super().__init__(_("No row of this file can be imported."))


class FileChangedItsMind(Exception):
    """Fewer rows are good now than when they were checked: a check in between objects."""

    def __init__(self) -> None:
        super().__init__(_("The rows that can be imported have changed since the check. Look again, then import."))


@transaction.atomic
def check_file(*, actor: User, upload: CheckedUpload, encoding: str, now: dt.datetime, today: dt.date) -> ContactImport:
    """Read the file, keep it sealed and say what is in it. Raises UnreadableFile; nothing is stored then."""
    content = upload.stream.read()
    _text, found = decoding.text_of(content, encoding)
    report = queries.report(content, encoding=found, today=today)
    batch = ContactImport(
        encoding=found, good_rows=len(report.drafts), bad_rows=report.bad_rows, started_by=actor, started_at=now
    )
    stored = files.seal_file(io.BytesIO(content), batch.public_id, label=queries.LABEL)
    batch.file_name, batch.stored_name, batch.sha256 = upload.name[:200], stored.name, stored.sha256
    batch.save(force_insert=True)
    audit.record("import.checked", batch, good=batch.good_rows, bad=batch.bad_rows)
    return batch


@transaction.atomic
def run_import(  # noqa: PLR0913 - what the person chose
    *,
    actor: User,
    batch: ContactImport,
    expected: int,
    skip_known: bool,
    quarantine: bool,
    now: dt.datetime,
    today: dt.date,
) -> int:
    """The number of contacts entered: all chosen rows or none.

    Raises ImportOver, NothingToImport, FileChangedItsMind.
    """
    batch = _open(batch)
    report = queries.report(queries.content_of(batch), encoding=batch.encoding, today=today)
    if len(report.drafts) != expected:
        raise FileChangedItsMind
    chosen = report.unknown if skip_known else report.drafts
    if not chosen:
        raise NothingToImport
    with ExitStack() as scope:
        if quarantine:  # rows in quarantine are out of the sight even of who imports them
            scope.enter_context(access.as_system("import into quarantine", source="web"))
        _enter_all(actor, chosen, quarantined_at=now if quarantine else None)
    _end(batch, State.DONE, now, imported=len(chosen))
    audit.record("import.done", batch, entered=len(chosen), skipped=batch.good_rows - len(chosen) + batch.bad_rows)
    return len(chosen)


@transaction.atomic
def discard_import(*, actor: User, batch: ContactImport, now: dt.datetime) -> None:  # noqa: ARG001
    """Raises ImportOver."""
    batch = _open(batch)
    _end(batch, State.DISCARDED, now)
    audit.record("import.discarded", batch)


def _open(batch: ContactImport) -> ContactImport:
    present = ContactImport.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if present.state != State.CHECKED or not present.stored_name:
        raise ImportOver
    return present


def _end(batch: ContactImport, state: ContactImport.State, now: dt.datetime, *, imported: int = 0) -> None:
    batch.state, batch.ended_at, batch.imported_rows = state, now, imported
    batch.save(update_fields=["state", "ended_at", "imported_rows"])
    transaction.on_commit(lambda: _forget_file(batch, now), robust=True)


def _forget_file(batch: ContactImport, now: dt.datetime) -> None:
    """The row names the file until it is gone, so that a crash in between is made good by the job."""
    keyring.destroy(batch.public_id, now=now)
    files.remove(batch.stored_name)
    with access.as_system("remove an imported file"):
        ContactImport.objects.filter(pk=batch.pk).update(stored_name="")


def forget_old_imports(*, now: dt.datetime) -> int:
    """End batches older than a day and remove the files of those that ended; the number handled."""
    waiting = list(ContactImport.objects.exclude(stored_name=""))
    over = [batch for batch in waiting if batch.state != State.CHECKED or batch.started_at <= now - KEEP]
    for batch in over:
        with transaction.atomic():
            if batch.state == State.CHECKED:
                _end(batch, State.DISCARDED, now)
                audit.record("import.discarded", batch)
            else:
                _forget_file(batch, now)
    return len(over)


def _enter_all(actor: User, drafts: Sequence[Draft], *, quarantined_at: dt.datetime | None) -> None:
    contacts = [
        Contact(
            kind=draft.kind,
            name=draft.name,
            source=Contact.Source.IMPORT,
            created_by=actor,
            quarantined_at=quarantined_at,
            **draft.columns,
        )
        for draft in drafts
    ]
    audit.bulk_create(Contact, contacts)
    give_sight(actor, contacts)
    audit.bulk_create(ContactName, (ContactName(contact=c, name=c.name) for c in contacts))
    pairs = list(zip(contacts, drafts, strict=True))
    audit.bulk_create(ContactPoint, [point for contact, draft in pairs for point in _points(contact, draft)])
    audit.bulk_create(Address, [Address(contact=c, **draft.address) for c, draft in pairs if draft.address])


def _points(contact: Contact, draft: Draft) -> list[ContactPoint]:
    both = zip(draft.points, draft.normals, strict=True)
    return [
        ContactPoint(contact=contact, kind=kind, value=value, normalised=normalised, is_primary=kind == "email")
        for (kind, value), normalised in both
    ]
