"""One communication as its page shows it."""

import json
from dataclasses import dataclass, field
from typing import Any

from clients.models import Contact
from lawcrm.crypto.fields import Erased
from matters.models import Communication, Document


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a mail states about itself; nothing of it was checked."""

    sender: str = ""
    to: str = ""
    cc: str = ""
    date: str = ""
    is_readable: bool = True
    left_out: list[dict[str, str]] = field(default_factory=list)


def envelope_of(row: Communication) -> Envelope:
    stated = row.envelope
    if not stated or isinstance(stated, Erased):
        return Envelope()
    said: dict[str, Any] = json.loads(stated)
    return Envelope(said["from"], said["to"], said["cc"], said["date"], said["readable"], said["left_out"])


def counterpart_of(row: Communication) -> Contact | None:
    """Only if the viewer may see the contact: it can have become restricted since."""
    return Contact.objects.filter(pk=row.counterpart_id).first() if row.counterpart_id else None


def attachments_of(row: Communication) -> list[Document]:
    return list(Document.objects.filter(communication_id=row.pk).order_by("pk"))


def counterparts_named(rows: list[Communication]) -> dict[int, str]:
    """Names of visible counterparts of a page's rows; one query."""
    wanted = {row.counterpart_id for row in rows if row.counterpart_id}
    return dict(Contact.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
