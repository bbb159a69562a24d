"""Restoring a backup into an empty place, counted against its manifest, with no mail leaving afterwards."""

import re
import shutil
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from lawcrm.backup.archive import Archive, BackupBroken, Manifest
from lawcrm.backup.database import counted, load, tables
from lawcrm.backup.making import DATABASE, FILES, KEYS
from lawcrm.crypto.files import DurableFiles, stored_names
from lawcrm.db.provision import prepare

SEALED_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{30,}")
# What must not come back to life with the data, by the table it is about; a table that is missing is passed over.
# What was queued may have been sent after the backup was made: a person decides (lawcrm/outbox.py).
_after_restore: dict[str, str] = {
    "accounts_devicesession": "delete from accounts_devicesession",
    "django_session": "delete from django_session",
    "lawcrm_outboxmessage": "update lawcrm_outboxmessage set state = 'unconfirmed', lease_until = null,"
    " reason = 'restored' where state in ('queued', 'claimed', 'unconfirmed')",
    "lawcrm_firm": "update lawcrm_firm set mail_held_at = now() where mail_held_at is null",
}


class TargetNotEmpty(Exception):
    """Restoring over data needs to be said."""

    def __init__(self, what: str) -> None:
        super().__init__(_("%(what)s is not empty; --force throws its content away.") % {"what": what})


class CountsDiffer(Exception):
    """The restored database does not hold what the manifest counted."""

    def __init__(self, table: str, listed: int, found: int) -> None:
        super().__init__(f"{table}: {listed} rows were backed up, {found} are there")


@dataclass(frozen=True)
class Place:
    """Where to restore to: the owner's and the application's address of each database, and the files."""

    owner: dict[str, str]
    app: dict[str, str]
    superuser: dict[str, str]
    files: Path


def undo_after_restore(table: str, statement: str) -> None:
    """Have a statement run as owner after each restore, when the table is there; for apps' `ready()`."""
    _after_restore[table] = statement


def restore(*, data: Path, keys: Path, key: str, into: Place, force: bool = False) -> Manifest:
    """Bring data and keys back. Raises TargetNotEmpty, BackupBroken, CountsDiffer.

    Each database is loaded whole or not at all.
    """
    archives = {"default": (Archive(data, key), DATABASE), "keys": (Archive(keys, key), KEYS)}
    manifests = {alias: archive.read_manifest() for alias, (archive, _part) in archives.items()}
    for alias, (archive, _part) in archives.items():
        for part, listed in manifests[alias].parts.items():
            archive.check(part, listed)
    make_room(into, force=force)
    for alias, (archive, part) in archives.items():
        with archive.read(part) as plain, load(into.owner[alias]) as program:
            shutil.copyfileobj(plain, program)
        compare(into.owner[alias], manifests[alias].rows)
    unpack_files(archives["default"][0], into.files, manifests["default"].files)
    with psycopg.connect(into.owner["default"]) as session:
        calm_down(session)
    return manifests["default"]


def make_room(into: Place, *, force: bool) -> None:
    store = DurableFiles(location=into.files)
    if next(stored_names(store), None) is not None:
        if not force:
            raise TargetNotEmpty(str(into.files))
        shutil.rmtree(into.files)
    for alias, url in into.owner.items():
        name = str(conninfo_to_dict(url)["dbname"])
        if not is_empty(url):
            if not force:
                raise TargetNotEmpty(name)
            drop(into.superuser[alias], name)
        if into.superuser[alias]:
            prepare(into.superuser[alias], url, into.app[alias])


def is_empty(url: str) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(url) as session:
        return not tables(session)
    return True  # no such database yet


def drop(superuser: str, name: str) -> None:
    with psycopg.connect(superuser, autocommit=True) as server:
        server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def compare(url: str, listed: dict[str, int]) -> None:
    with psycopg.connect(url) as session:
        found = counted(session)
    for table, rows in listed.items():
        if found.get(table) != rows:
            raise CountsDiffer(table, rows, found.get(table, 0))


def unpack_files(archive: Archive, folder: Path, listed: int) -> None:
    store, count = DurableFiles(location=folder), 0
    with archive.read(FILES) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            if content is None or not SEALED_NAME.fullmatch(entry.name):
                raise BackupBroken(FILES)
            store.save(entry.name, File(content))
            count += 1
    if count != listed:
        raise BackupBroken(FILES)


def calm_down(session: "psycopg.Connection[Any]") -> None:
    """End sessions, hold mail: a restored system acts for nobody until a person has looked."""
    present = set(tables(session))
    for table, statement in _after_restore.items():
        if table in present:
            session.execute(statement)
