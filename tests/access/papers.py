"""What a downloaded file says, whatever it is packed in."""

import io
import re
import shutil
import subprocess
import zipfile

FOLDED = re.compile(rb"\r?\n[ \t]")  # RFC 5545, 3.1: a line may break anywhere, within a word too


def text_of(content: bytes) -> str:
    """The text of a page, a calendar, a PDF or the parts of an archive."""
    if content.startswith(b"%PDF"):
        return _text_of_pdf(content)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(name + text_of(archive.read(name)) for name in archive.namelist())
    if content.startswith(b"BEGIN:VCALENDAR"):
        content = FOLDED.sub(b"", content)
    return content.decode("utf-8", "replace")


def _text_of_pdf(content: bytes) -> str:
    program = shutil.which("pdftotext")
    assert program, "pdftotext is missing (Debian: apt-get install poppler-utils)"
    return subprocess.run([program, "-", "-"], input=content, capture_output=True, check=True).stdout.decode()  # noqa: S603
