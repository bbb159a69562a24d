"""Logging what was said and written: calls, meetings, letters, and mail from a file."""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clients.models import Contact
from lawcrm import audit
from lawcrm.accounts.models import User
from lawcrm.crypto.errors import KeyDestroyed
from lawcrm.doors import safe_upload
from matters import eml
from matters.actions.confidentiality import require_mine
from matters.actions.documents import Incoming, MatterErased, checked, keep, sealed_files
from matters.actions.refused import FormUsed, Refused
from matters.models import Communication, Matter
from matters.models.confidentiality import Confidentiality

LONGEST_SUBJECT = 200
# Clocks differ; a mail from tomorrow is one whose date cannot be believed.
AHEAD = timedelta(hours=26)


class AlreadyLogged(Refused):
    """The same form came twice."""

    def __init__(self, communication: Communication) -> None:
        self.communication = communication
        super().__init__(_("This was already logged."))


class AlreadyFiled(Refused):
    """The same mail lies in this matter."""

    def __init__(self, communication: Communication) -> None:
        self.communication = communication
        super().__init__(_("This e-mail is already in this matter. It was not filed again."))


class NotYet(Refused):
    def __init__(self) -> None:
        super().__init__(_("This lies in the future. Log what has happened; enter what will as a deadline."))


class NotAMail(Refused):
    def __init__(self) -> None:
        super().__init__(_("Choose an e-mail saved as an .eml file."))


class MailTooLarge(Refused):
    def __init__(self) -> None:
        most = {"most": eml.MOST_BYTES // 1024 // 1024}
        super().__init__(_("The e-mail is larger than %(most)d MB. Save its attachments as documents instead.") % most)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A call, a meeting or a letter as a person describes it; `once` is the form's own id."""

    once: UUID
    kind: Communication.Kind
    happened_at: datetime
    subject: str
    body: str = ""
    direction: Communication.Direction = Communication.Direction.NONE
    minutes: int | None = None
    counterpart: Contact | None = None
    confidentiality: Confidentiality = Confidentiality.ORDINARY
    incoming: tuple[Incoming, ...] = ()


@dataclass(frozen=True)
class Filed:
    """A mail in its matter, and how many of its attachments were not taken."""

    communication: Communication
    left_out: int
    is_readable: bool


@transaction.atomic
def log_communication(*, actor: User, matter: Matter, exchange: Exchange, now: datetime) -> Communication:
    require_mine(exchange.confidentiality)
    if exchange.happened_at > now + timedelta(minutes=5):
        raise NotYet
    fit = checked(exchange.incoming)
    _lock(matter)
    _refuse_twice(matter, exchange)
    with sealed_files() as seal:
        communication = _save(
            Communication(
                public_id=exchange.once,
                kind=exchange.kind,
                direction=exchange.direction,
                happened_at=exchange.happened_at,
                minutes=exchange.minutes,
                counterpart=exchange.counterpart,
                confidentiality=exchange.confidentiality,
                subject=exchange.subject,
                body=exchange.body or None,
            ),
            matter,
            actor,
        )
        for place, upload in enumerate(fit):
            stored = seal(upload.stream, matter)
            public_id = uuid5(exchange.once, str(place))
            keep(matter, actor, upload, stored, public_id=public_id, now=now, communication=communication)
    audit.record("matter.communication_logged", communication, medium=exchange.kind, files=len(fit))
    return communication


@transaction.atomic
def file_mail(  # noqa: PLR0913 - what a person says about a mail
    *,
    actor: User,
    matter: Matter,
    once: UUID,
    incoming: Incoming,
    direction: Communication.Direction,
    counterpart: Contact | None = None,
    confidentiality: Confidentiality = Confidentiality.ORDINARY,
    now: datetime,
) -> Filed:
    """Keep the mail, its original and those attachments that may be kept; what cannot be read is kept raw."""
    require_mine(confidentiality)
    raw = _raw(incoming)
    digest = hashlib.sha256(raw).digest()
    _lock(matter)
    if (known := Communication.objects.filter(matter=matter, message_digest=digest).first()) is not None:
        raise AlreadyFiled(known)
    mail = eml.read(raw)
    fit, left_out = _sorted_out(mail.attachments)
    original = safe_upload.CheckedUpload(
        safe_upload.clean_name(incoming.name), "message/rfc822", len(raw), io.BytesIO(raw)
    )
    with sealed_files() as seal:
        communication = _save(
            Communication(
                public_id=once,
                kind=Communication.Kind.MAIL,
                direction=direction,
                happened_at=_believable(mail.sent_at, now),
                counterpart=counterpart,
                confidentiality=confidentiality,
                subject=(mail.subject or original.name.removesuffix(".eml"))[:LONGEST_SUBJECT],
                body=mail.text or None,
                envelope=_envelope(mail, left_out),
                message_digest=digest,
            ),
            matter,
            actor,
        )
        for place, upload in enumerate([original, *fit]):
            stored = seal(upload.stream, matter)
            public_id = uuid5(once, str(place))
            keep(matter, actor, upload, stored, public_id=public_id, now=now, communication=communication)
    audit.record("matter.mail_filed", communication, files=len(fit), left_out=len(left_out), readable=mail.is_readable)
    return Filed(communication, len(left_out), mail.is_readable)


def _refuse_twice(matter: Matter, exchange: Exchange) -> None:
    known = Communication.objects.filter(matter=matter, public_id=exchange.once).first()
    if known is None:
        return
    sent = (exchange.kind, exchange.happened_at, exchange.subject, exchange.body)
    if (known.kind, known.happened_at, known.subject, known.body or "") == sent:
        raise AlreadyLogged(known)
    raise FormUsed


def _lock(matter: Matter) -> None:
    Matter.objects.select_for_update(of=("self",)).get(pk=matter.pk)


def _raw(incoming: Incoming) -> bytes:
    if not incoming.name.lower().endswith(".eml"):
        raise NotAMail
    if incoming.stream.seek(0, io.SEEK_END) > eml.MOST_BYTES:
        raise MailTooLarge
    (upload,) = checked([incoming])
    return upload.stream.read()


def _sorted_out(
    attachments: Sequence[eml.Attachment],
) -> tuple[list[safe_upload.CheckedUpload], list[dict[str, str]]]:
    """Attachments that may be kept, and names and reasons of the others, which stay inside the original."""
    fit, left_out = [], []
    for attachment in attachments:
        try:
            fit.append(safe_upload.check(io.BytesIO(attachment.content), name=attachment.name))
        except safe_upload.UploadRefused as refusal:
            left_out.append({"name": safe_upload.clean_name(attachment.name), "reason": str(refusal)})
    return fit, left_out


def _believable(sent_at: datetime | None, now: datetime) -> datetime:
    return sent_at if sent_at is not None and sent_at <= now + AHEAD else now


def _envelope(mail: eml.Mail, left_out: list[dict[str, str]]) -> str:
    stated = {"from": mail.sender, "to": mail.to, "cc": mail.cc, "date": mail.date}
    return json.dumps({**stated, "left_out": left_out, "readable": mail.is_readable}, ensure_ascii=False)


def _save(communication: Communication, matter: Matter, actor: User) -> Communication:
    communication.matter, communication.sealed_for, communication.logged_by = matter, matter.public_id, actor
    try:
        with transaction.atomic():
            communication.save()
    except KeyDestroyed:
        raise MatterErased from None
    except IntegrityError:
        raise FormUsed from None
    return communication
