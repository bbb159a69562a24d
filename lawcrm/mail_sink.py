"""The demo's mail server: takes every mail on loopback and keeps it as a file, and reads these files back."""

import re
import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

MOST_SHOWN = 200
NAME = re.compile(r"[0-9]{19}-[0-9a-f]{16}")


class Keep:
    """Writes a mail under its final name only once it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        name = f"{time.time_ns():019}-{secrets.token_hex(8)}"
        partial = self.folder / f"{name}.part"
        partial.write_bytes(envelope.content)
        partial.rename(self.folder / f"{name}.eml")
        return "250 OK"


def controller(folder: Path, port: int) -> Controller:
    return Controller(Keep(folder), hostname="127.0.0.1", port=port)


@dataclass(frozen=True)
class KeptMail:
    """A mail of the sink as plain text."""

    name: str
    at: datetime
    sender: str
    recipient: str
    subject: str
    message_id: str = ""
    text: str = ""
    attachments: tuple[str, ...] = ()


def kept(folder: Path) -> list[KeptMail]:
    """The newest mails first."""
    paths = sorted(folder.glob("*.eml"), reverse=True)[:MOST_SHOWN]
    return [_read(path, headers_only=True) for path in paths if NAME.fullmatch(path.stem)]


def one(folder: Path, name: str) -> KeptMail | None:
    path = folder / f"{name}.eml"
    return _read(path) if NAME.fullmatch(name) and path.is_file() else None


def _read(path: Path, *, headers_only: bool = False) -> KeptMail:
    """Python's parser fails on some malformed headers; such a mail is shown raw."""
    content = path.read_bytes()
    at = datetime.fromtimestamp(int(path.stem[:19]) / 1e9, UTC)
    try:
        message: EmailMessage = BytesParser(policy=policy.default).parsebytes(content, headersonly=headers_only)
        sender, recipient, subject, message_id = (
            str(message[header] or "") for header in ("From", "To", "Subject", "Message-ID")
        )
        mail = KeptMail(path.stem, at, sender, recipient, subject, message_id)
        return mail if headers_only else replace(mail, text=_text(message), attachments=_attachments(message))
    except Exception:  # noqa: BLE001 - any failure of the parser
        return KeptMail(path.stem, at, "", "", "", "", content.decode("utf-8", "replace"))


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    return "" if body is None else str(body.get_content()).replace("\r\n", "\n")


def _attachments(message: EmailMessage) -> tuple[str, ...]:
    return tuple(part.get_filename() or part.get_content_type() for part in message.iter_attachments())
