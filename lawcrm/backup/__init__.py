"""Backup and restore: database, files and, apart from them, keys; encrypted before they touch a disk."""

from lawcrm.backup.archive import BackupBroken, BackupKeyUnfit
from lawcrm.backup.making import Made, NotEmptyDestination, make
from lawcrm.backup.restoring import TargetNotEmpty, restore, undo_after_restore
from lawcrm.backup.verifying import verify

__all__ = [
    "BackupBroken",
    "BackupKeyUnfit",
    "Made",
    "NotEmptyDestination",
    "TargetNotEmpty",
    "make",
    "restore",
    "undo_after_restore",
    "verify",
]
