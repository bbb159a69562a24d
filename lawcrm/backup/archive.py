"""The parts of a backup on disk: each encrypted under the backup key, listed in an encrypted manifest."""

import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext_lazy as _

from lawcrm.crypto.stream import CHUNK, Lock, Opened, Source, chunks

MAGIC = b"LawCRM backup 1\n"
SALT_BYTES = 32
SHORTEST_KEY = 20
SUFFIX = ".sealed"
MANIFEST = "manifest"


class BackupKeyUnfit(Exception):
    """The key file of the backup is missing, empty or too short."""

    def __init__(self) -> None:
        super().__init__(_("BACKUP_KEY_FILE must name a file with at least 20 random characters."))


class BackupBroken(Exception):
    """A part does not open or is not the one the manifest lists."""

    def __init__(self, part: str) -> None:
        super().__init__(_("Part %(part)s does not open: wrong key, or it was altered or cut.") % {"part": part})


@dataclass(frozen=True)
class Part:
    """What the manifest knows of a part: its encrypted length and SHA-256 (hex)."""

    size: int
    sha256: str


@dataclass
class Manifest:
    """What was backed up, when, and how much of it: numbers and names of tables only."""

    made_at: str
    schema: str
    parts: dict[str, Part] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0


class Archive:
    """A directory of sealed parts under one backup key."""

    def __init__(self, folder: Path, key: str) -> None:
        if len(key) < SHORTEST_KEY:
            raise BackupKeyUnfit
        self.folder = folder
        self._key = key.encode()

    def path(self, part: str) -> Path:
        return self.folder / f"{part}{SUFFIX}"

    def write(self, part: str, plain: Source) -> Part:
        salt, digest, size = os.urandom(SALT_BYTES), hashlib.sha256(), 0
        lock = self._lock(part, salt)
        with self.path(part).open("xb") as out:
            for piece in _sealed(plain, lock, MAGIC + salt):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        return Part(size, digest.hexdigest())

    @contextmanager
    def read(self, part: str) -> Iterator[BinaryIO]:
        """The plain content of a part. Raises BackupBroken, also in the middle."""
        broken = partial(BackupBroken, part)
        try:
            sealed = self.path(part).open("rb")
        except FileNotFoundError:
            raise broken() from None
        with sealed:
            head = sealed.read(len(MAGIC) + SALT_BYTES)
            if not head.startswith(MAGIC) or len(head) != len(MAGIC) + SALT_BYTES:
                raise broken()
            with io.BufferedReader(Opened(sealed, self._lock(part, head[len(MAGIC) :]), broken), CHUNK) as plain:
                yield plain

    def write_manifest(self, manifest: Manifest) -> None:
        self.write(MANIFEST, io.BytesIO(json.dumps(asdict(manifest)).encode()))

    def read_manifest(self) -> Manifest:
        with self.read(MANIFEST) as plain:
            content = json.loads(plain.read())
        content["parts"] = {name: Part(**part) for name, part in content["parts"].items()}
        return Manifest(**content)

    def check(self, part: str, listed: Part) -> None:
        """The part is the one the manifest lists, so that two backups cannot be mixed unseen."""
        with self.path(part).open("rb") as sealed:
            digest = hashlib.file_digest(sealed, "sha256").hexdigest()
        if digest != listed.sha256:
            raise BackupBroken(part)

    def _lock(self, part: str, salt: bytes) -> Lock:
        key = Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(self._key)
        return Lock(AESGCM(key), MAGIC + part.encode())


def _sealed(plain: Source, lock: Lock, head: bytes) -> Iterator[bytes]:
    yield head
    for number, (chunk, last) in enumerate(chunks(plain, CHUNK)):
        yield lock.seal(number, chunk, last=last)
