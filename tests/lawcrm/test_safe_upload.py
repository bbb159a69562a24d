"""Hostile files are refused in words, honest ones are taken, and neither costs much."""

import io
import resource
import stat
import time
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import pytest

from lawcrm.doors.safe_upload import CheckedUpload, UploadRefused, check, clean_name

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR"
GIF = b"GIF89a"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
CONTENT_TYPES = "[Content_Types].xml"


def packed(files: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(**more: bytes | str) -> bytes:
    return packed({CONTENT_TYPES: "<Types/>", "word/document.xml": "<w:document/>", **more})


def jpeg(width: int, height: int) -> bytes:
    size = height.to_bytes(2) + width.to_bytes(2)
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 9 + b"\xff\xff\xc2\x00\x11\x08" + size + b"\x03" + b"\0" * 9


def png(width: int, height: int) -> bytes:
    return PNG + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x06\0\0\0"


def gif(width: int, height: int) -> bytes:
    return GIF + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\0\0\0;"


def link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("shortcut")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


@cache
def bomb() -> bytes:
    """Half a gigabyte of zeros in half a megabyte."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros", "w", force_zip64=True) as entry,
    ):
        block = b"\0" * 1_000_000
        for _ in range(500):
            entry.write(block)
    return out.getvalue()


def lying_bomb() -> bytes:
    """The headers say one byte; what comes out is more than the cap."""
    honest = bytearray(packed({"a.txt": b"\0" * 10_000_000}))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = honest.index(signature) + offset
        honest[at : at + 4] = (1).to_bytes(4, "little")
    return bytes(honest)


def encrypted() -> bytes:
    content = bytearray(packed({"a.txt": b"x"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def take(name: str, content: bytes) -> CheckedUpload:
    return check(io.BytesIO(content), name=name)


HONEST: dict[str, tuple[bytes, str]] = {
    "letter.pdf": (b"%PDF-1.7\n%%EOF", "application/pdf"),
    "photo.png": (png(4000, 3000), "image/png"),
    "photo.JPG": (jpeg(4000, 3000), "image/jpeg"),
    "seal.gif": (gif(100, 100), "image/gif"),
    "contract.docx": (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "with a table.docx": (
        docx(**{"word/embeddings/table.xlsx": docx()}),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "text.odt": (
        packed({"mimetype": "application/vnd.oasis.opendocument.text"}),
        "application/vnd.oasis.opendocument.text",
    ),
    "old.doc": (OLE, "application/msword"),
    "mail.msg": (OLE, "application/vnd.ms-outlook"),
    "mail.eml": (b"From: a@x.test\r\nSubject: <html>\r\n\r\nHej", "message/rfc822"),
    "note.txt": ("Ærø kommune".encode("latin-1"), "text/plain"),
    "note16.txt": ("Ærø kommune".encode("utf-16"), "text/plain"),
    "list.csv": (b"name;city\r\n<none>;Lund", "text/csv"),
    "bundle.zip": (packed({"a/b.pdf": b"%PDF-", "c.docx": docx()}), "application/zip"),
    "invite.ics": (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_files_are_taken(name: str) -> None:
    content, mime = HONEST[name]
    taken = take(name, content)
    assert (taken.name, taken.mime, taken.size, taken.stream.read()) == (name, mime, len(content), content)


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.pdf", lambda: b"", "empty"),
    "too large": ("a.txt", lambda: b"a" * (50 * 1024 * 1024 + 1), "larger than 50 MB"),
    "program": ("a.exe", lambda: b"MZ", "not taken"),
    "no ending": ("README", lambda: b"text", "not taken"),
    "web page": ("a.html", lambda: b"<html>", "not taken"),
    "drawing": ("a.svg", lambda: b"<svg onload='x'>", "not taken"),
    "macro document": ("a.docm", docx, "not taken"),
    "program named as pdf": ("a.pdf", lambda: b"MZ\x90", "not what its name says"),
    "web page named as pdf": ("a.pdf", lambda: b"<html>%PDF-", "not what its name says"),
    "web page named as text": ("a.txt", lambda: b"\xef\xbb\xbf \n<!-- x --> <ScRipt>", "Web pages"),
    "drawing named as csv": ("a.csv", lambda: b"<?xml version='1.0'?><svg/>", "Web pages"),
    "web page in utf-16": ("a.txt", lambda: "<html>".encode("utf-16"), "Web pages"),
    "program named as text": ("a.txt", lambda: b"\x7fELF\0\0", "not a text file"),
    "zip named as docx": ("a.docx", lambda: packed({"a": b"x"}), "not what its name says"),
    "macro named as docx": ("a.docx", lambda: docx(**{"word/vbaProject.bin": b"x"}), "macros"),
    "macro by content type": (
        "a.docx",
        lambda: packed({CONTENT_TYPES: "application/vnd.ms-word.document.macroEnabled.main+xml"}),
        "macros",
    ),
    "macro in odt": ("a.odt", lambda: packed({"mimetype": "x", "Basic/Standard/Module1.xml": b"x"}), "macros"),
    "macro in old doc": ("a.doc", lambda: OLE + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
    "pdf and zip in one": ("a.pdf", lambda: b"%PDF-1.7" + packed({"a": b"x"}), "hides an archive"),
    "gif and zip in one": ("a.gif", lambda: gif(1, 1) + packed({"a": b"x"}), "hides an archive"),
    "zip with something before": ("a.zip", lambda: b"MZ" + packed({"a": b"x"}), "not what its name says"),
    "bomb": ("a.zip", bomb, "unpacks to more than 200 MB"),
    "bomb as docx": ("a.docx", bomb, "unpacks to more than 200 MB"),
    "lying bomb": ("a.zip", lying_bomb, "damaged"),
    "many entries": ("a.zip", lambda: packed({str(n): b"" for n in range(5001)}), "too many files"),
    "zip in zip": ("a.zip", lambda: packed({"b.zip": packed({"c": b"x"})}), "another archive"),
    "zip in zip by another name": ("a.zip", lambda: packed({"b.txt": packed({"c": b"x"})}), "another archive"),
    "tar in zip": ("a.zip", lambda: packed({"b.tar": b"x"}), "another archive"),
    "path upwards": ("a.zip", lambda: packed({"../../etc/cron.d/x": b"x"}), "leads outside"),
    "path from the root": ("a.zip", lambda: packed({"/etc/passwd": b"x"}), "leads outside"),
    "path with backslashes": ("a.zip", lambda: packed({"..\\x": b"x"}), "leads outside"),
    "path with a drive": ("a.zip", lambda: packed({"C:x": b"x"}), "leads outside"),
    "link": ("a.zip", link, "a link"),
    "encrypted": ("a.zip", encrypted, "encrypted"),
    "cut zip": ("a.zip", lambda: packed({"a": b"x" * 1000})[:60], "damaged"),
    "flipped zip": ("a.zip", lambda: flipped(packed({"a": b"x" * 1000}, zipfile.ZIP_STORED)), "damaged"),
    "pixel flood png": ("a.png", lambda: png(100_000, 100_000), "million pixels"),
    "pixel flood jpeg": ("a.jpg", lambda: jpeg(65_535, 65_535), "million pixels"),
    "pixel flood gif": ("a.gif", lambda: gif(65_535, 65_535), "million pixels"),
    "png without size": ("a.png", lambda: png(0, 10), "damaged"),
    "cut png": ("a.png", lambda: PNG, "damaged"),
    "cut jpeg": ("a.jpg", lambda: jpeg(1, 1)[:12], "damaged"),
    "jpeg that never says its size": ("a.jpg", lambda: b"\xff\xd8" + b"\xff\xe0\x00\x02" * 1000, "damaged"),
    "jpeg with a length of nothing": ("a.jpg", lambda: b"\xff\xd8\xff\xe0\x00\x00\x00", "damaged"),
}


def flipped(content: bytes) -> bytes:
    changed = bytearray(content)
    changed[100] ^= 0xFF
    return bytes(changed)


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused_in_words(case: str) -> None:
    name, make, words = HOSTILE[case]
    content = make()
    started = time.process_time()  # of this process alone, however busy the machine is
    with pytest.raises(UploadRefused, match=words):
        take(name, content)
    assert time.process_time() - started < 2


def test_a_bomb_does_not_fill_the_memory() -> None:
    content = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UploadRefused):
        take("a.zip", content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_bad_checksum_is_damage() -> None:
    content = packed({"a.txt": b"hello"}, zipfile.ZIP_STORED)
    with pytest.raises(UploadRefused, match="damaged"):
        take("a.zip", content.replace(b"hello", b"jello"))
    assert zlib.crc32(b"hello") != zlib.crc32(b"jello")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ann\\letter.pdf", "letter.pdf"),
        ("a\r\nb\0.pdf", "ab.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("A\u030angstro\u0308m.pdf", "Ångström.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("  .hidden.pdf. ", "hidden.pdf"),
    ],
)
def test_a_name_is_only_a_name(name: str, shown: str) -> None:
    assert clean_name(name) == shown
