"""What a mail says, as far as it can be read: a mail is what a stranger wrote, and nothing in it is trusted."""

import html
import mimetypes
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import cast

import nh3

MOST_BYTES = 25 * 1024 * 1024
# The parser holds every line against every open boundary: this much takes it some seconds.
MOST_WORK = 2_000_000
# Python decodes a header in the square of its length (a subject of 700 KB: 147 s and 16 GB).
MOST_HEADER = 8_000
# The HTML parser takes the square of the depth (100,000 nested divs: 87 s).
DEEPEST_MARKUP = 1_000
MOST_ATTACHMENTS = 50
DEEPEST = 20
LONGEST_TEXT = 500_000
LONGEST_HEADER = 1000
# What stays of an HTML mail on the way to text: no image, no style, no link, no attribute.
BLOCKS = {
    "p",
    "div",
    "br",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "pre",
}
CONTAINERS = ("multipart/mixed", "multipart/alternative", "multipart/related", "multipart/signed", "multipart/report")
TAG = re.compile(r"<(/?)(?!br|hr|img|meta|link|input|col)[a-z]", re.IGNORECASE)
ANY_TAG = re.compile(r"<[^<>]*>")
BREAK = re.compile(r"<(?:br|hr)\s*/?>|</(?:p|div|tr|li|table|blockquote|h[1-6]|pre)>", re.IGNORECASE)


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """The sender, the recipients and the date are claims of whoever wrote the mail."""

    subject: str = ""
    sender: str = ""
    to: str = ""
    cc: str = ""
    date: str = ""
    sent_at: datetime | None = None
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    is_readable: bool = True


class Capped(policy.EmailPolicy):
    """Cuts every header, of every part, before anything decodes it."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MOST_HEADER]


def read(raw: bytes) -> Mail:
    """Never raises: a mail that breaks the parser is unreadable, and its raw form is what is kept."""
    if raw.count(b"\n") * (1 + raw.lower().count(b"boundary=")) > MOST_WORK:
        return Mail(is_readable=False)
    try:
        return _read(raw)
    except Exception:  # noqa: BLE001 - Python's parser raises nearly anything (AttributeError for "From: a:;b")
        return Mail(is_readable=False)


def _read(raw: bytes) -> Mail:
    message = cast("EmailMessage", BytesParser(_class=EmailMessage, policy=Capped()).parsebytes(raw))
    body = _body(message)
    return Mail(
        subject=_header(message, "subject"),
        sender=_header(message, "from"),
        to=_header(message, "to"),
        cc=_header(message, "cc"),
        date=_header(message, "date"),
        sent_at=_sent_at(message),
        text=_text(body) if body is not None else "",
        attachments=tuple(_attachments(message, body)),
    )


def _header(message: EmailMessage, name: str) -> str:
    """As decoded, or as it stood where decoding breaks."""
    try:
        value = str(message.get(name) or "")
    except Exception:  # noqa: BLE001 - one broken header does not make a mail unreadable
        value = next((str(raw) for key, raw in message.raw_items() if key.lower() == name), "")
    return " ".join(clean(value).split())[:LONGEST_HEADER]


def _sent_at(message: EmailMessage) -> datetime | None:
    try:
        sent = message["date"].datetime
        aware = sent if sent.tzinfo is not None else sent.replace(tzinfo=UTC)
        return aware.astimezone(UTC) if aware.year >= 1970 else None  # noqa: PLR2004 - mail is not older
    except Exception:  # noqa: BLE001 - no date, no date at all, or one before the year 1
        return None


def _body(message: EmailMessage) -> EmailMessage | None:
    """The text of the mail itself; of alternatives the plain one."""
    leaves = [part for part in _leaves(message, 0) if _is_text(part) and not _is_attached(part)]
    markup = [part for part in leaves if part.get_content_type() == "text/html"]
    plain = [part for part in leaves if part.get_content_type() in ("text/plain", *CONTAINERS)]
    return next(iter([*plain, *markup]), None)


def _leaves(part: EmailMessage, depth: int) -> Iterator[EmailMessage]:
    """Parts that are no containers; a mail inside the mail is one part."""
    payload = part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(payload, list):
        if depth < DEEPEST:
            for inner in payload:
                yield from _leaves(inner, depth + 1)  # type: ignore[arg-type]
    else:
        yield part


def _is_text(part: EmailMessage) -> bool:
    """A container without a boundary holds nothing but text."""
    return part.get_content_maintype() in ("text", "multipart")


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or _filename(part) != ""


def _filename(part: EmailMessage) -> str:
    try:
        return clean(part.get_filename() or "")
    except Exception:  # noqa: BLE001 - a broken name is no name
        return ""


def _text(part: EmailMessage) -> str:
    try:
        content = part.get_content()
    except Exception:  # noqa: BLE001 - an unknown charset or transfer encoding: what can be read is better than nothing
        content = _bytes(part).decode("utf-8", "replace")
    text = content if isinstance(content, str) else _bytes(part).decode("utf-8", "replace")
    text = text[:LONGEST_TEXT]
    return clean(_without_markup(text) if part.get_content_subtype() == "html" else text).strip()


def _without_markup(markup: str) -> str:
    if _depth(markup) > DEEPEST_MARKUP:
        return html.unescape(ANY_TAG.sub(" ", markup))
    fit = nh3.clean(markup, tags=BLOCKS, attributes={}, link_rel=None)
    words = nh3.clean(BREAK.sub("\n", fit), tags=set(), attributes={}, link_rel=None)
    lines = (" ".join(line.split()) for line in html.unescape(words).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _depth(markup: str) -> int:
    """How deep tags nest at most, counting what is never closed."""
    depth = deepest = 0
    for tag in TAG.finditer(markup):
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _attachments(message: EmailMessage, body: EmailMessage | None) -> Iterator[Attachment]:
    """Everything but the text: files, pictures, mails inside; of alternatives to the text nothing."""
    parts = [part for part in _leaves(message, 0) if part is not body and _is_file(part)]
    for number, part in enumerate(parts[:MOST_ATTACHMENTS], start=1):
        content = _bytes(part)
        if content:
            yield Attachment(_filename(part) or _made_up_name(part, number), content)


def _is_file(part: EmailMessage) -> bool:
    return _is_attached(part) or not _is_text(part)


def _bytes(part: EmailMessage) -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):  # message/rfc822
        return payload[0].as_bytes() if payload else b""  # type: ignore[union-attr]
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _made_up_name(part: EmailMessage, number: int) -> str:
    kind = part.get_content_type()
    ending = ".eml" if kind == "message/rfc822" else mimetypes.guess_extension(kind) or ".bin"
    return f"attachment-{number}{ending}"


def clean(text: str) -> str:
    """Without control characters, direction marks and halves of characters, which no database or screen wants."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    kept = (letter for letter in whole if letter in "\n\t" or unicodedata.category(letter)[0] != "C")
    return "".join(kept).replace("\r\n", "\n")
