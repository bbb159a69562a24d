"""Mails as strangers write them: well-formed, broken and hostile."""

import base64
import io
import zipfile
from email.message import EmailMessage

PDF = b"%PDF-1.7\nplain text of the judgment\n%%EOF\n"


def proper(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Amtsgericht Köln <poststelle@ag-koeln.example>"
    mail["To"] = "kanzlei@firm.example"
    mail["Subject"] = "Ladung zum Termin – Yıldız ./. Nordbau"
    mail["Date"] = "Wed, 18 Nov 2026 09:12:00 +0100"
    mail["Message-ID"] = "<1@ag-koeln.example>"
    for name, value in headers.items():
        del mail[name]
        mail[name] = value
    mail.set_content("Termin am 14. Januar 2027, 10:30, Saal 212.\n")
    return mail


def with_attachment() -> bytes:
    mail = proper()
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="../../Ladung 14.01.pdf")
    return mail.as_bytes()


def html_only() -> bytes:
    mail = proper()
    mail.set_content(
        "<html><head><style>p{}</style><script>alert(1)</script></head><body onload=alert(2)>"
        '<p>Sehr geehrte <b>Frau</b> Vestergaard,</p><img src="https://tracker.example/p.gif">'
        '<p><a href="javascript:alert(3)">Bitte</a> &lt;lesen&gt;</p></body></html>',
        subtype="html",
    )
    return mail.as_bytes()


def macros() -> bytes:
    mail = proper()
    mail.add_attachment(b"MZ\x90\x00", maintype="application", subtype="octet-stream", filename="rechnung.exe")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="ok.pdf")
    return mail.as_bytes()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.txt", b"0" * 100_000_000)
    mail = proper()
    mail.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="akten.zip")
    return mail.as_bytes()


def nested() -> bytes:
    inner = proper(Subject="inner")
    inner.add_attachment(PDF, maintype="application", subtype="pdf", filename="deep.pdf")
    outer = proper(Subject="Fwd: inner")
    outer.add_attachment(inner)
    return outer.as_bytes()


def deep(levels: int = 3000) -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(levels)
    )
    return b"From: a@b.example\r\nSubject: deep\r\nMIME-Version: 1.0\r\n" + head + b"\r\nend\r\n"


HEAD = b"To: kanzlei@firm.example\r\nMIME-Version: 1.0\r\n"
HOSTILE: dict[str, bytes] = {
    "group address": b"From: a:;b\r\nSubject: crash\r\n" + HEAD + b"\r\ntext stays\r\n",
    "unknown charset": HEAD
    + b"From: a@b.example\r\nSubject: =?klingon?Q?nuqneH?=\r\n"
    + b"Content-Type: text/plain; charset=klingon\r\n\r\ntext stays \xff\r\n",
    "wrong charset": HEAD
    + b"Subject: s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    + b"\r\ntext stays \xe4\xf6\xfc\r\n",
    "broken base64": HEAD
    + b"Subject: s\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!dGV4dCBzdGF5cw\r\n",
    "no headers": b"\r\ntext stays\r\n",
    "header injection": b"From: a@b.example\r\nSubject: one\r\n two\r\n" + HEAD + b"\r\ntext stays\r\n",
    "script in headers": b'From: "<script>alert(1)</script>" <a@b.example>\r\nSubject: <script>alert(2)</script>\r\n'
    + HEAD
    + b"\r\n<script>alert(3)</script> text stays\r\n",
    "lone surrogate": HEAD + b"Subject: =?utf-8?b?" + base64.b64encode(b"\xed\xa0\x80 x") + b"?=\r\n\r\ntext stays\r\n",
    "date before time": b"Date: Mon, 00 Foo 0000 99:99:99 +9999\r\nSubject: s\r\n" + HEAD + b"\r\ntext stays\r\n",
    "date in the far future": b"Date: Fri, 31 Dec 9999 23:59:59 -1200\r\nSubject: s\r\n" + HEAD + b"\r\ntext stays\r\n",
    "boundary missing": HEAD + b"Subject: s\r\nContent-Type: multipart/mixed\r\n\r\ntext stays\r\n",
    "direction marks": HEAD + "Subject: a\u202egnp.exe\r\n\r\ntext stays\r\n".encode(),
    "huge subject": b"Subject: " + b"x" * 300_000 + b"\r\n" + HEAD + b"\r\ntext stays\r\n",
}
