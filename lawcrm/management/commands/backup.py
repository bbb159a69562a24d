"""Back up everything, or verify a backup: `backup DEST --keys DEST2`, `backup verify SRC…`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lawcrm import backup, engines
from lawcrm.backup.database import ProgramFailed
from lawcrm.backup.making import SamePlace
from lawcrm.settings import environment as env


def backup_key() -> str:
    """The content of BACKUP_KEY_FILE, which is kept apart from every backup; the demo makes its own."""
    return env.text("BACKUP_KEY") or (engines.local_secret("backup") if settings.DEMO else "")


class Command(BaseCommand):
    help = "Write an encrypted backup (BACKUP_KEY_FILE) of database and files to DEST and of the keys to --keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("words", nargs="+", metavar="[verify] FOLDER")
        parser.add_argument("--keys", type=Path, help="an empty folder at another place for the keys database")

    def handle(self, *_args: object, **options: Any) -> None:
        words: list[str] = options["words"]
        try:
            if words[0] == "verify":
                self.verify([Path(word) for word in words[1:]])
            elif len(words) > 1 or options["keys"] is None:
                raise CommandError("Say where to: backup DEST --keys DEST2, or backup verify FOLDER…")
            else:
                self.make(Path(words[0]), options["keys"])
        except (
            *(backup.BackupBroken, backup.BackupKeyUnfit, backup.NotEmptyDestination),
            *(SamePlace, ProgramFailed, OSError),
        ) as failure:
            raise CommandError(str(failure)) from failure

    def make(self, data: Path, keys: Path) -> None:
        made = backup.make(
            data=data, keys=keys, key=backup_key(), schema=engines.schema_fingerprint(), now=timezone.now()
        )
        self.stdout.write(f"Backed up {made.rows} rows and {made.files} files to {data}, {made.keys} keys to {keys}.")

    def verify(self, folders: list[Path]) -> None:
        for folder in folders:
            manifest = backup.verify(folder, key=backup_key())
            rows = sum(manifest.rows.values())
            self.stdout.write(f"{folder}: whole, made {manifest.made_at}, {rows} rows, {manifest.files} files.")
