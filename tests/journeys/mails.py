"""Mails as a mail program saves them."""

import random
from email.message import EmailMessage

# Bytes that no compression or encoding of a part could turn into something else unnoticed.
SCAN = b"%PDF-1.7\n" + random.Random(7).randbytes(40_000) + b"\n%%EOF\n"  # noqa: S311


def summons(subject: str, text: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Amtsgericht Köln <poststelle@ag-koeln.example>"
    mail["To"] = "falk@journey.example"
    mail["Subject"] = subject
    mail["Date"] = "Wed, 18 Nov 2026 09:12:00 +0100"
    mail["Message-ID"] = f"<{abs(hash(subject))}@ag-koeln.example>"
    mail.set_content(text)
    mail.add_attachment(SCAN, maintype="application", subtype="pdf", filename="Ladung 14.01.pdf")
    return mail.as_bytes()
