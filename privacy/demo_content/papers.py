"""Small files such as a firm files: a PDF of plain lines, a text, a mail as it was saved."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from matters.actions.documents import Incoming

LINE, TOP = 16, 780


def pdf(name: str, text: str) -> Incoming:
    """One page (ISO 32000-1, 7.5), in Latin letters, which the fonts every reader has can draw."""
    drawn = " T* ".join(f"({_escaped(line)}) Tj" for line in text.splitlines())
    page = f"BT /F1 11 Tf {LINE} TL 60 {TOP} Td {drawn} ET".encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    return Incoming(name, io.BytesIO(_assembled(objects)))


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assembled(objects: Sequence[bytes]) -> bytes:
    file, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(file)


def text(name: str, content: str) -> Incoming:
    return Incoming(name, io.BytesIO(content.encode()))


@dataclass(frozen=True)
class Header:
    sender: str
    to: str
    subject: str


def mail(header: Header, body: str, sent_at: datetime, attached: Sequence[Incoming]) -> Incoming:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = header.sender, header.to, header.subject
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{sent_at.timestamp():.0f}.{len(body)}@mail.example>"
    message.set_content(body)
    for file in attached:
        kind = ("application", "pdf") if file.name.endswith(".pdf") else ("text", "plain")
        message.add_attachment(file.stream.read(), maintype=kind[0], subtype=kind[1], filename=file.name)
    return Incoming(f"{header.subject[:40]}.eml", io.BytesIO(message.as_bytes()))
