"""Files encrypted in chunks under their owner's data key, in any Django storage, at random names."""

import datetime as dt
import hashlib
import io
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext_lazy as _

from lawcrm.crypto import keyring
from lawcrm.crypto.errors import KeyDestroyed
from lawcrm.crypto.masterkey import Secret
from lawcrm.crypto.stream import CHUNK, Lock, Opened, Source, chunks, read_full

FORMAT = b"\x01"  # salt, then chunks of AES-256-GCM
SALT_BYTES = 32
IN_MEMORY = 4 * 1024 * 1024
GRACE = dt.timedelta(hours=1)


class FileErased(Exception):
    """The owner of the file was erased."""

    def __init__(self) -> None:
        super().__init__(_("This file was erased."))


class FileBroken(Exception):
    """The file was altered, cut, extended or swapped with another."""

    def __init__(self, name: str) -> None:
        super().__init__(f"sealed file {name} does not open: altered, cut or moved")


@dataclass(frozen=True)
class StoredFile:
    """What the row of a file keeps: where, how long and the SHA-256 (hex) of the plain content."""

    name: str
    size: int
    sha256: str


class DurableFiles(FileSystemStorage):
    """A file appears under its name when all of it is on the disk, or not at all."""

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = target.with_name(f"{target.name}.part")
        try:
            with partial.open("xb") as out:
                partial.chmod(0o600)
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            partial.rename(target)
            _sync_folder(target.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return name


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def storage() -> Storage:
    """The storage named "sealed" in STORAGES (object store), else the directory FILES_ROOT."""
    if "sealed" in settings.STORAGES:
        return storages["sealed"]
    return DurableFiles(location=settings.FILES_ROOT)


def _lock(secret: Secret, salt: bytes, name: str, owner: UUID, label: str) -> Lock:
    derived = HKDF(SHA256(), 32, salt, b"sealed file").derive(secret.raw)
    return Lock(AESGCM(derived), b"\x00".join([FORMAT, label.encode(), name.encode(), owner.bytes]))


def seal_file(stream: Source, owner: UUID, *, label: str) -> StoredFile:
    """Store the stream encrypted. Write the row that names it last; without one `reconcile` finds the file."""
    name = _random_name()
    salt = os.urandom(SALT_BYTES)
    lock = _lock(keyring.secret_for_sealing(owner), salt, name, owner, label)
    digest, size = hashlib.sha256(), 0
    # Only ciphertext ever reaches a temporary file.
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as sealed:
        sealed.write(FORMAT + salt)
        for number, (chunk, last) in enumerate(chunks(stream, CHUNK)):
            digest.update(chunk)
            size += len(chunk)
            sealed.write(lock.seal(number, chunk, last=last))
        sealed.seek(0)
        stored = storage().save(name, File(sealed, name=name))
    if stored != name:
        storage().delete(stored)
        raise FileExistsError("the storage gave a sealed file another name, to which it is not bound")
    return StoredFile(name, size, digest.hexdigest())


def _random_name() -> str:
    name = secrets.token_hex(20)
    return f"{name[:2]}/{name[2:4]}/{name[4:]}"


def open_file(name: str, owner: UUID, label: str) -> io.BufferedReader:
    """A reader of the plain content. Raises FileErased, FileBroken (also in the middle) or FileNotFoundError."""
    try:
        secret = keyring.secret_for_reading(owner)
    except KeyDestroyed:
        raise FileErased from None
    sealed = storage().open(name, "rb")
    head = read_full(sealed, 1 + SALT_BYTES)
    if len(head) != 1 + SALT_BYTES or head[:1] != FORMAT:
        sealed.close()
        raise FileBroken(name)
    lock = _lock(secret, head[1:], name, owner, label)
    return io.BufferedReader(Opened(sealed, lock, partial(FileBroken, name)), CHUNK)  # type: ignore[arg-type]


def remove(name: str) -> None:
    """Delete the file; call it after the transaction that drops its row has committed."""
    storage().delete(name)


@dataclass(frozen=True)
class Reconciled:
    """Files that no row names, and names whose file is gone."""

    without_row: list[str]
    without_file: list[str]


def reconcile(known: Iterable[str], *, now: dt.datetime) -> Reconciled:
    """Compare the names rows know with the store; a file younger than an hour may still get its row."""
    store, names = storage(), set(known)
    found = set(stored_names(store))
    stray = [name for name in sorted(found - names) if _age(store, name, now) > GRACE]
    return Reconciled(stray, sorted(names - found))


def stored_names(store: Storage, folder: str = "") -> Iterator[str]:
    with suppress(FileNotFoundError):
        folders, files = store.listdir(folder)
        yield from (f"{folder}/{file}".lstrip("/") for file in files)
        for inner in folders:
            yield from stored_names(store, f"{folder}/{inner}".lstrip("/"))


def _age(store: Storage, name: str, now: dt.datetime) -> dt.timedelta:
    try:
        return now - store.get_modified_time(name)
    except FileNotFoundError:
        return dt.timedelta(0)
