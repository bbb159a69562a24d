"""From the bytes of a file to its text: encodings that firms in Europe meet."""

from django.utils.translation import gettext as _

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Where windows-1254 has Ğ İ Ş ğ ı ş, windows-1252 has the Icelandic Ð Ý Þ ð ý þ.
TURKISH = frozenset(b"\xd0\xdd\xde\xf0\xfd\xfe")
ENCODINGS = ("utf-8", "utf-16", "windows-1252", "windows-1254")


class UnreadableFile(ValueError):
    """The file is not text or not a table; the sentence is for the person who sent it."""


def text_of(content: bytes, encoding: str = "") -> tuple[str, str]:
    """The text and its encoding, found when not given. Raises UnreadableFile."""
    encoding = encoding or _guess(content)
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise UnreadableFile(
            _("The letters of this file cannot be read. Choose its encoding, or save it as “CSV UTF-8”.")
        ) from None
    return text.removeprefix("\ufeff"), encoding


def _guess(content: bytes) -> str:
    for bom, encoding in BOMS:
        if content.startswith(bom):
            return encoding
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1254" if TURKISH & set(content) else "windows-1252"
    return "utf-8"
