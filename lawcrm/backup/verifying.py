"""Verifying a backup: every byte of every part is decrypted, compared and read, nothing is changed."""

import shutil
import tarfile
from pathlib import Path

from lawcrm.backup.archive import Archive, BackupBroken, Manifest
from lawcrm.backup.database import listing
from lawcrm.backup.making import FILES


def verify(folder: Path, *, key: str) -> Manifest:
    """Read all of the archive in the folder. Raises BackupBroken naming the part."""
    archive = Archive(folder, key)
    manifest = archive.read_manifest()
    for part, listed in manifest.parts.items():
        with archive.read(part) as plain:
            if part == FILES:
                with tarfile.open(fileobj=plain, mode="r|") as tar:
                    if sum(1 for _entry in tar) != manifest.files:
                        raise BackupBroken(part)
            else:
                with listing() as program:
                    shutil.copyfileobj(plain, program)
        archive.check(part, listed)
    return manifest
