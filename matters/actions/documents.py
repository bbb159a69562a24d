"""Keeping files in a matter: checked at the door, encrypted on disk, the row last."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.crypto import files
from lawcrm.crypto.errors import KeyDestroyed, KeyMissing
from lawcrm.doors import safe_upload
from matters.actions.confidentiality import require_mine
from matters.actions.refused import FormUsed, Refused
from matters.models import Communication, Document, Matter
from matters.models.confidentiality import Confidentiality

LABEL = "matters.document"
AT_ONCE = 64 * 1024
ASK_AFTER = 1024 * 1024


class FilesRefused(Refused):
    """Each refused file with its reason; none of the files was kept."""

    def __init__(self, reasons: dict[str, str]) -> None:
        self.reasons = reasons
        said = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        super().__init__(_("Nothing was added. %(reasons)s") % {"reasons": said})


class MatterErased(Refused):
    def __init__(self) -> None:
        super().__init__(_("The content of this matter was erased. Nothing can be added to it."))


class FileGone(Refused):
    """The row is there and the file is not: someone must look for it in a backup."""

    def __init__(self) -> None:
        super().__init__(_("This file is missing from the store. Tell an administrator; a backup may still have it."))


class FileDamaged(Refused):
    def __init__(self) -> None:
        super().__init__(_("This file was altered or damaged and is not handed out. Tell an administrator."))


class FileErased(Refused):
    def __init__(self) -> None:
        super().__init__(_("This file was erased together with its matter's key. Nobody can open it any more."))


class NoLongerSeen(Refused):
    """The answer has begun, so that nobody reads this: the transfer breaks off."""

    def __init__(self) -> None:
        super().__init__(_("This document is no longer yours to see."))


@dataclass(frozen=True)
class Incoming:
    """A file as it came, its name as the sender wrote it."""

    name: str
    stream: IO[bytes]


def checked(incoming: Sequence[Incoming]) -> list[safe_upload.CheckedUpload]:
    """All through the door, or FilesRefused with a reason for each that is not."""
    fit, reasons = [], {}
    for file in incoming:
        try:
            fit.append(safe_upload.check(file.stream, name=file.name))
        except safe_upload.UploadRefused as refusal:
            reasons[safe_upload.clean_name(file.name)] = str(refusal)
    if reasons:
        raise FilesRefused(reasons)
    return fit


@transaction.atomic
def add_documents(  # noqa: PLR0913 - what a person says about files
    *,
    actor: User,
    matter: Matter,
    once: UUID,
    incoming: Sequence[Incoming],
    confidentiality: Confidentiality = Confidentiality.ORDINARY,
    now: datetime,
) -> list[Document]:
    """All or none. The form sent again adds nothing again and returns what is there."""
    require_mine(confidentiality)
    fit = checked(incoming)
    Matter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
    ids = [uuid5(once, str(place)) for place in range(len(fit))]
    known = list(Document.objects.filter(matter=matter, public_id__in=ids))
    if known:
        if {(row.name, row.size) for row in known} != {(upload.name, upload.size) for upload in fit}:
            raise FormUsed
        return known
    with sealed_files() as seal:
        documents = [
            keep(
                matter,
                actor,
                upload,
                seal(upload.stream, matter),
                public_id=public_id,
                now=now,
                confidentiality=confidentiality,
            )
            for upload, public_id in zip(fit, ids, strict=True)
        ]
    audit.record_each("matter.document_added", documents)
    return documents


class Sealer:
    """Stores files and remembers them, so that none stays behind without its row."""

    def __init__(self) -> None:
        self.stored: list[str] = []

    def __call__(self, stream: IO[bytes], matter: Matter) -> files.StoredFile:
        try:
            stored = files.seal_file(stream, matter.public_id, label=LABEL)
        except KeyDestroyed:
            raise MatterErased from None
        self.stored.append(stored.name)
        return stored


@contextmanager
def sealed_files() -> Iterator[Sealer]:
    """Files stored inside are removed again if anything fails before the end."""
    sealer = Sealer()
    try:
        yield sealer
    except BaseException:
        for name in sealer.stored:
            files.remove(name)
        raise


def keep(  # noqa: PLR0913 - the row of a file
    matter: Matter,
    actor: User,
    upload: safe_upload.CheckedUpload,
    stored: files.StoredFile,
    *,
    public_id: UUID,
    now: datetime,
    communication: Communication | None = None,
    confidentiality: Confidentiality = Confidentiality.ORDINARY,
) -> Document:
    return Document.objects.create(
        public_id=public_id,
        matter=matter,
        communication=communication,
        confidentiality=communication.confidentiality if communication is not None else confidentiality,
        sealed_for=matter.public_id,
        name=upload.name,
        media_type=upload.mime,
        size=stored.size,
        sha256=bytes.fromhex(stored.sha256),
        stored_name=stored.name,
        added_by=actor,
        added_at=now,
    )


def fetch_document(*, actor: User, document: Document) -> io.BufferedReader:  # noqa: ARG001
    """The plain content from its start, read through once before: half a damaged file is never handed out."""
    try:
        with files.open_file(document.stored_name, document.sealed_for, LABEL) as whole:
            while whole.read(AT_ONCE):
                pass
        plain = files.open_file(document.stored_name, document.sealed_for, LABEL)
    except files.FileErased:
        raise FileErased from None
    except (files.FileBroken, KeyMissing):
        raise FileDamaged from None
    except FileNotFoundError:
        raise FileGone from None
    audit.read(document, what="download")
    return plain


class WhileSeen:
    """A file on its way out: before each next piece it is asked whether the person still sees the document."""

    def __init__(self, plain: IO[bytes], document: Document) -> None:
        self.plain, self.document, self.viewer = plain, document, access.required()
        self.left = 0

    def read(self, size: int = AT_ONCE) -> bytes:
        if self.left <= 0:
            with access.as_viewer(access.renewed(self.viewer)):
                if not Document.objects.filter(pk=self.document.pk).exists():
                    raise NoLongerSeen
            self.left = ASK_AFTER
        piece = self.plain.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        self.plain.close()
