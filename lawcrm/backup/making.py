"""Making a backup: the database as of one moment, then the files, then the keys to another place."""

import tarfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from os import fdopen, pipe
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_lazy as _

from lawcrm.backup.archive import Archive, Manifest
from lawcrm.backup.database import owner_url, snapshot
from lawcrm.crypto import files

DATABASE, FILES, KEYS = "database", "files", "keys"


class NotEmptyDestination(Exception):
    """A backup never writes over or beside something else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(_("%(folder)s is not empty.") % {"folder": folder})


class SamePlace(Exception):
    """Keys beside the data would make an old backup bring an erased person back."""

    def __init__(self) -> None:
        super().__init__(_("The keys go to a place apart from the data."))


@dataclass(frozen=True)
class Made:
    """What a backup holds."""

    rows: int
    files: int
    keys: int


def make(*, data: Path, keys: Path, key: str, schema: str, now: datetime) -> Made:
    """Back up data and keys into two empty folders. Raises NotEmptyDestination, SamePlace, BackupKeyUnfit."""
    if keys.resolve().is_relative_to(data.resolve()) or data.resolve().is_relative_to(keys.resolve()):
        raise SamePlace
    archives = Archive(data, key), Archive(keys, key)
    for folder in (data, keys):
        _make_empty(folder)
    of_data, of_keys = (Manifest(now.isoformat(), schema) for _archive in archives)
    # This order loses nothing: a file is on disk before its row, a data key before what it seals.
    _dump("default", DATABASE, archives[0], of_data)
    _pack_files(archives[0], of_data)
    _dump("keys", KEYS, archives[1], of_keys)
    for archive, manifest in zip(archives, (of_data, of_keys), strict=True):
        archive.write_manifest(manifest)
    return Made(sum(of_data.rows.values()), of_data.files, sum(of_keys.rows.values()))


def _make_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise NotEmptyDestination(folder)


def _dump(alias: str, part: str, archive: Archive, manifest: Manifest) -> None:
    with snapshot(owner_url(alias)) as moment:
        manifest.rows = moment.rows()
        with moment.dump() as plain:
            manifest.parts[part] = archive.write(part, plain)


def _pack_files(archive: Archive, manifest: Manifest) -> None:
    """The files are encrypted already; the part hides how many there are and how long."""

    def pack(out: IO[bytes]) -> None:
        manifest.files = pack_files(out)

    manifest.parts[FILES] = archive.write(FILES, Piped(pack))


def pack_files(out: IO[bytes]) -> int:
    store, count = files.storage(), 0
    with tarfile.open(fileobj=out, mode="w|") as tar:
        for name in sorted(files.stored_names(store)):
            try:
                size = store.size(name)
                with store.open(name, "rb") as content:
                    entry = tarfile.TarInfo(name)
                    entry.size = size
                    tar.addfile(entry, content)
            except FileNotFoundError:  # erased since the listing
                continue
            count += 1
    return count


class Piped:
    """What a function writes, to be read while it writes; its failure is raised at the end of reading."""

    def __init__(self, write: Callable[[IO[bytes]], None]) -> None:
        reader, writer = pipe()
        self._reader = fdopen(reader, "rb")
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(write, fdopen(writer, "wb")), daemon=True)
        self._thread.start()

    def _run(self, write: Callable[[IO[bytes]], None], writer: IO[bytes]) -> None:
        try:
            with writer:
                write(writer)
        except BaseException as error:  # noqa: BLE001 - raised again in the reader
            self._failure = error

    def read(self, size: int = -1, /) -> bytes:
        part = self._reader.read(size)
        if not part:
            self._thread.join()
            self._reader.close()
            if self._failure is not None:
                raise self._failure
        return part
