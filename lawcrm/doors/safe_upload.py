"""The door for files coming in: size, real type, unpacked size and pixels, found by reading and never by trust."""

import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MOST_BYTES = 50 * MEGABYTE
MOST_UNPACKED = 200 * MEGABYTE
MOST_ENTRIES = 5_000
MOST_PIXELS = 50_000_000
LONGEST_NAME = 150
CHUNK = 65_536
LOOK_AT = 8_192

OOXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
MARKUP = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<\s*(?:!doctype|html|svg|script|\?xml|head|body|iframe)", re.IGNORECASE | re.DOTALL
)
MACROS = re.compile(r"(?:^|/)(?:vbaProject\.bin|vbaData\.xml|Basic/.*)$", re.IGNORECASE)
ARCHIVES = re.compile(r"\.(?:zip|7z|rar|gz|tgz|bz2|xz|zst|tar|jar|iso|cab)$", re.IGNORECASE)
JPEG_MARK = 0xFF
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
VBA_STORAGE = "_VBA_PROJECT".encode("utf-16-le")


class UploadRefused(ValueError):
    """The file is not taken; the sentence is for the person who sent it."""


@dataclass(frozen=True)
class CheckedUpload:
    """A file that may be kept; `name` is for showing, never for a path."""

    name: str
    mime: str
    size: int
    stream: IO[bytes]


type Check = Callable[[IO[bytes]], None]


@dataclass(frozen=True)
class FileType:
    """What an extension promises: how such a file starts, and what else is looked at."""

    mime: str
    magic: tuple[bytes, ...] = ()
    look: Check | None = None


def check(stream: IO[bytes], *, name: str, most_bytes: int = MOST_BYTES) -> CheckedUpload:
    """The file as it may be kept, its stream at the start. Raises UploadRefused."""
    shown = clean_name(name)
    size = stream.seek(0, os.SEEK_END)
    if size == 0:
        raise UploadRefused(_("The file is empty."))
    if size > most_bytes:
        raise UploadRefused(_("The file is larger than %(most)d MB.") % {"most": most_bytes // MEGABYTE})
    kind = TYPES.get(shown.rpartition(".")[2].lower())
    if kind is None:
        raise UploadRefused(_("Files of this type are not taken. Save it as PDF and try again."))
    _look(stream, kind)
    stream.seek(0)
    return CheckedUpload(shown, kind.mime, size, stream)


def clean_name(name: str) -> str:
    """The last part of the name without path, control and direction characters, its ending kept."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    text = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip(" .")
    stem, dot, ending = text.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if stem else text[:LONGEST_NAME]


def _look(stream: IO[bytes], kind: FileType) -> None:
    stream.seek(0)
    start = stream.read(LOOK_AT)
    if kind.magic and not start.startswith(kind.magic):
        raise UploadRefused(_("The content of this file is not what its name says."))
    if kind.magic != (ZIP,) and zipfile.is_zipfile(stream):
        raise UploadRefused(_("The file hides an archive."))
    if kind.look is not None:
        stream.seek(0)
        try:
            kind.look(stream)
        except (zipfile.BadZipFile, zlib.error, EOFError, IndexError, RuntimeError, NotImplementedError) as error:
            raise UploadRefused(_("The file is damaged and cannot be read.")) from error


def _text(stream: IO[bytes]) -> None:
    start = stream.read(LOOK_AT)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "replace").encode()
    if b"\0" in start:
        raise UploadRefused(_("This is not a text file."))
    if MARKUP.match(start.removeprefix(b"\xef\xbb\xbf")):
        raise UploadRefused(_("Web pages and drawings with script are not taken."))


def _pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UploadRefused(
            _("The picture has more than %(most)d million pixels.") % {"most": MOST_PIXELS // 1_000_000}
        )
    if not width or not height:
        raise UploadRefused(_("The file is damaged and cannot be read."))


def _png(stream: IO[bytes]) -> None:
    header = _exactly(stream, 24)
    if header[12:16] != b"IHDR":
        raise UploadRefused(_("The file is damaged and cannot be read."))
    _pixels(int.from_bytes(header[16:20]), int.from_bytes(header[20:24]))


def _gif(stream: IO[bytes]) -> None:
    header = _exactly(stream, 10)
    _pixels(int.from_bytes(header[6:8], "little"), int.from_bytes(header[8:10], "little"))


def _jpeg(stream: IO[bytes]) -> None:
    """ITU T.81, annex B: each segment is a marker and a length; the frame header says height and width."""
    _exactly(stream, 2)
    while True:
        mark, kind = _exactly(stream, 2)
        if mark != JPEG_MARK:
            raise UploadRefused(_("The file is damaged and cannot be read."))
        if kind == JPEG_MARK:  # a fill byte
            stream.seek(-1, os.SEEK_CUR)
            continue
        length = int.from_bytes(_exactly(stream, 2))
        if kind in JPEG_FRAMES:
            frame = _exactly(stream, 5)
            _pixels(int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3]))
            return
        _exactly(stream, length - 2)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    content = stream.read(max(count, 0))
    if len(content) != count:
        raise EOFError
    return content


def _ole(stream: IO[bytes]) -> None:
    """Old Office files and Outlook messages: the name of the macro storage stands in the directory."""
    before = b""
    while chunk := stream.read(CHUNK):
        if VBA_STORAGE in before + chunk:
            raise UploadRefused(_("Files with macros are not taken."))
        before = chunk[-len(VBA_STORAGE) :]


def _archive(stream: IO[bytes]) -> None:
    _unpack(stream, inner=False)


def _package(stream: IO[bytes]) -> None:
    """An Office document is a zip; objects embedded in it may be zips once more."""
    names = _unpack(stream, inner=True)
    if not {"[Content_Types].xml", "mimetype"} & set(names):
        raise UploadRefused(_("The content of this file is not what its name says."))


def _unpack(stream: IO[bytes], *, inner: bool) -> list[str]:
    """Read every entry and count what comes out: the sizes in the headers are the sender's claims."""
    with zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise UploadRefused(_("The archive holds too many files."))
        budget = MOST_UNPACKED
        for entry in entries:
            _entry_is_fit(entry, inner=inner)
            budget = _drain(archive, entry, budget)
        names = [entry.filename for entry in entries]
        if len(set(names)) != len(names):
            raise UploadRefused(_("The archive holds one name twice."))
        return names


def _entry_is_fit(entry: zipfile.ZipInfo, *, inner: bool) -> None:
    name = entry.orig_filename
    if "\\" in name or name.startswith("/") or ".." in name.split("/") or "\0" in name or re.match("[A-Za-z]:", name):
        raise UploadRefused(_("The archive holds a path that leads outside of it."))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UploadRefused(_("The archive holds a link."))
    if entry.flag_bits & 0x1:
        raise UploadRefused(_("The archive is encrypted and cannot be checked."))
    if MACROS.search(name):
        raise UploadRefused(_("Files with macros are not taken."))
    if ARCHIVES.search(name) and not inner:
        raise UploadRefused(_("The archive holds another archive."))


def _drain(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int) -> int:
    with archive.open(entry) as content:
        start = content.read(LOOK_AT)
        _content_is_fit(entry.filename, start)
        budget -= len(start)
        while budget >= 0 and (chunk := content.read(CHUNK)):
            budget -= len(chunk)
    if budget < 0:
        raise UploadRefused(_("The archive unpacks to more than %(most)d MB.") % {"most": MOST_UNPACKED // MEGABYTE})
    return budget


def _content_is_fit(name: str, start: bytes) -> None:
    if start.startswith(ZIP) and not name.lower().endswith(tuple(PACKAGES)):
        raise UploadRefused(_("The archive holds another archive."))
    if name == "[Content_Types].xml" and b"macroEnabled" in start:
        raise UploadRefused(_("Files with macros are not taken."))


PACKAGES = {
    "docx": f"{OOXML}.wordprocessingml.document",
    "xlsx": f"{OOXML}.spreadsheetml.sheet",
    "pptx": f"{OOXML}.presentationml.presentation",
    "odt": f"{ODF}.text",
    "ods": f"{ODF}.spreadsheet",
    "odp": f"{ODF}.presentation",
}
TYPES: dict[str, FileType] = {
    "pdf": FileType("application/pdf", (b"%PDF-",)),
    "png": FileType("image/png", (b"\x89PNG\r\n\x1a\n",), _png),
    "jpg": FileType("image/jpeg", (b"\xff\xd8\xff",), _jpeg),
    "jpeg": FileType("image/jpeg", (b"\xff\xd8\xff",), _jpeg),
    "gif": FileType("image/gif", (b"GIF87a", b"GIF89a"), _gif),
    "doc": FileType("application/msword", (OLE,), _ole),
    "xls": FileType("application/vnd.ms-excel", (OLE,), _ole),
    "ppt": FileType("application/vnd.ms-powerpoint", (OLE,), _ole),
    "msg": FileType("application/vnd.ms-outlook", (OLE,), _ole),
    "rtf": FileType("application/rtf", (b"{\\rtf",)),
    "zip": FileType("application/zip", (ZIP,), _archive),
    "txt": FileType("text/plain", (), _text),
    "md": FileType("text/markdown", (), _text),
    "csv": FileType("text/csv", (), _text),
    "eml": FileType("message/rfc822", (), _text),
    "ics": FileType("text/calendar", (b"BEGIN:VCALENDAR",), _text),
    "vcf": FileType("text/vcard", (b"BEGIN:VCARD",), _text),
    **{ending: FileType(mime, (ZIP,), _package) for ending, mime in PACKAGES.items()},
}
