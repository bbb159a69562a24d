"""Looking for a text in every place data can lie: databases, files, Valkey, mail and logs."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID

import redis
from django.apps import apps
from django.conf import settings
from django.db import connections, models

from lawcrm.crypto import files
from lawcrm.crypto.errors import KeyDestroyed, KeyMissing
from lawcrm.crypto.fields import SealedField

LARGEST = 50_000_000


@dataclass(frozen=True)
class Find:
    """One place: what kind, which table, file or key, and how many rows or times; never the text itself."""

    place: str
    where: str
    count: int
    term: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Terms:
    """The texts looked for, as they stand and in the folded form of the search columns."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def in_text(self, content: str) -> Iterator[int]:
        lowered = content.casefold()
        yield from (number for number, text in enumerate(self.texts) if text.casefold() in lowered)

    def in_bytes(self, content: bytes) -> Iterator[int]:
        """As UTF-8, UTF-16 and Windows-1252, and inside the parts of a zip (docx, xlsx)."""
        found: set[int] = set()
        for encoding in ("utf-8", "utf-16-le", "cp1252"):
            found.update(self.in_text(content.decode(encoding, errors="ignore")))
        if content[:4] == b"PK\x03\x04":
            for part in _parts_of_zip(content):
                found.update(self.in_bytes(part))
        yield from sorted(found)


def _parts_of_zip(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    yield part.read(LARGEST)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return


def scan(texts: list[str]) -> list[Find]:
    """Every place in which one of the texts stands; the caller declares the system as viewer."""
    terms = Terms(texts)
    finds: list[Find] = []
    for look in (in_tables, in_sealed_columns, in_files, in_valkey, in_mail, in_logs):
        finds.extend(look(terms))
    return finds


def in_tables(terms: Terms) -> Iterator[Find]:
    """Whole rows as text, so that no column, also of third parties, is left out."""
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "select quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                " where c.relkind in ('r', 'p') and n.nspname = 'public' and has_table_privilege(c.oid, 'select')"
            )
            tables = [name for (name,) in cursor.fetchall()]
            for table in tables:
                yield from _in_table(cursor, alias, table, terms)


def _in_table(cursor: Any, alias: str, table: str, terms: Terms) -> Iterator[Find]:
    for number, text in enumerate(terms.texts):
        pattern = "%" + text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        sql = f"select count(*) from {table} t where t::text ilike %s"  # noqa: S608 - quoted by the server
        values = [pattern]
        if alias == "default":
            sql += " or t::text like '%%' || name_skeleton(%s) || '%%' and length(name_skeleton(%s)) > 3"
            values += [text, text]
        cursor.execute(sql, values)
        if count := cursor.fetchone()[0]:
            yield Find("table", f"{alias}.{table}", count, number)


def in_sealed_columns(terms: Terms) -> Iterator[Find]:
    """What the database holds encrypted, opened with the keys that still exist; history included."""
    for model in apps.get_models():
        sealed = [field for field in model._meta.fields if isinstance(field, SealedField)]
        for field in sealed:
            yield from _count(terms, "sealed column", f"{model._meta.label_lower}.{field.name}", _opened(model, field))


def _opened(model: type[models.Model], field: Any) -> Iterator[str]:
    rows = model._base_manager.exclude(**{f"{field.attname}__isnull": True}).fetch_mode(models.FETCH_PEERS)
    for row in rows.iterator(chunk_size=500):
        try:
            yield str(getattr(row, field.attname))
        except (KeyDestroyed, KeyMissing):
            continue


def _count(terms: Terms, place: str, where: str, contents: Iterable[str]) -> Iterator[Find]:
    counts: dict[int, int] = {}
    for content in contents:
        for number in terms.in_text(content):
            counts[number] = counts.get(number, 0) + 1
    yield from (Find(place, where, count, number) for number, count in sorted(counts.items()))


def in_files(terms: Terms) -> Iterator[Find]:
    """Stored files: as they lie on the disk, and opened where a row and a key still exist."""
    for path in _files_below(Path(settings.FILES_ROOT)):
        for number in terms.in_bytes(path.read_bytes()[:LARGEST]):
            yield Find("file on disk", str(path.relative_to(settings.FILES_ROOT)), 1, number)
    for model in apps.get_models():
        if hasattr(model, "stored_file_label"):
            yield from _in_stored(model, terms)


def _in_stored(model: Any, terms: Terms) -> Iterator[Find]:
    for row in model._base_manager.exclude(stored_name="").iterator(chunk_size=100):
        content = _content(row.stored_name, row.sealed_for, model.stored_file_label)
        for number in terms.in_bytes(content):
            yield Find("stored file", row.stored_name, 1, number)


def _content(name: str, owner: UUID, label: str) -> bytes:
    try:
        with files.open_file(name, owner, label) as content:
            return content.read(LARGEST)
    except (files.FileErased, FileNotFoundError, KeyMissing):
        return b""


def _files_below(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def in_valkey(terms: Terms) -> Iterator[Find]:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
    try:
        for key in client.scan_iter(count=500):
            content = key + b"\n" + (client.dump(key) or b"")
            for number in terms.in_bytes(content):
                yield Find("valkey", key.decode(errors="replace")[:40], 1, number)
    except redis.ConnectionError:
        yield Find("valkey", "not reachable, not searched", 0, -1)


def in_mail(terms: Terms) -> Iterator[Find]:
    """The local sink, with encoded parts decoded."""
    folder = Path(getattr(settings, "MAIL_SINK_DIR", "") or "/nonexistent")
    for path in _files_below(folder):
        raw = path.read_bytes()
        found = set(terms.in_bytes(raw))
        for part in message_from_bytes(raw, policy=policy.compat32).walk():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                found.update(terms.in_bytes(payload))
        yield from (Find("mail", path.name, 1, number) for number in sorted(found))


def in_logs(terms: Terms) -> Iterator[Find]:
    for folder in settings.LOG_DIRS:
        for path in _files_below(Path(folder)):
            for number in terms.in_bytes(path.read_bytes()[-LARGEST:]):
                yield Find("log", path.name, 1, number)
