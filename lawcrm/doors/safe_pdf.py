"""The door for printed pages: text stays text whatever it says, and a file that leaves the house can be locked."""

import io
import json
from pathlib import Path
from typing import Any

import typst
from pypdf import PdfReader, PdfWriter


def printed(template: Path, data: dict[str, Any]) -> bytes:
    """The PDF of a Typst file, which reads `data` as JSON: what is in it is never read as markup.

    It reads no file outside its folder, and only the fonts that come with the typesetter, so that every machine
    prints the same.
    """
    made: bytes = typst.compile(
        template,
        root=template.parent,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=typst.Fonts(include_system_fonts=False),
        format="pdf",
    )
    return made


def locked(pdf: bytes, password: str) -> bytes:
    """The same pages behind a password (AES-256, ISO 32000-2), which any viewer of PDF files asks for."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
