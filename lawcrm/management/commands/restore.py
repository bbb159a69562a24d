"""Restore a backup: `restore SRC --keys SRC2`, into the databases of the settings or others."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from psycopg.conninfo import make_conninfo

from lawcrm import backup, engines
from lawcrm.backup.database import ALIASES, ProgramFailed, owner_url
from lawcrm.backup.restoring import CountsDiffer, Place
from lawcrm.management.commands.backup import backup_key
from lawcrm.management.commands.prepare_database import superuser_url


class Command(BaseCommand):
    help = "Bring a backup back into an empty place, count it, end sessions and hold outgoing mail."
    requires_system_checks: Any = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data", type=Path)
        parser.add_argument("--keys", type=Path, required=True, help="the folder with the keys' backup")
        parser.add_argument("--into", default="", help="databases NAME and NAME_keys instead of those in the settings")
        parser.add_argument("--files", type=Path, help="a folder instead of FILES_ROOT")
        parser.add_argument("--force", action="store_true", help="throw away what is in the place")

    def handle(self, *_args: object, **options: Any) -> None:
        into = place(options["into"], options["files"] or Path(settings.FILES_ROOT))
        for alias in ALIASES:
            connections[alias].close()
        try:
            manifest = backup.restore(
                data=options["data"], keys=options["keys"], key=backup_key(), into=into, force=options["force"]
            )
        except (
            *(backup.BackupBroken, backup.BackupKeyUnfit, backup.TargetNotEmpty),
            *(CountsDiffer, ProgramFailed, OSError),
        ) as failure:
            raise CommandError(str(failure)) from failure
        self.report(manifest)

    def report(self, manifest: Any) -> None:
        rows = sum(manifest.rows.values())
        self.stdout.write(f"Restored {rows} rows and {manifest.files} files as of {manifest.made_at}; all counted.")
        if manifest.schema != engines.schema_fingerprint():
            self.stdout.write("The backup is of another version: run `manage.py migrate` before starting.")
        self.stdout.write(
            "All sessions are ended and mail is held: look at the unconfirmed messages,"
            " then `manage.py firm release-mail`."
        )


def place(name: str, files: Path) -> Place:
    """The databases of the settings, or NAME and NAME_keys on the same servers."""
    names = {"default": name, "keys": name and f"{name}_keys"}
    return Place(
        owner={alias: owner_url(alias, names[alias]) for alias in ALIASES},
        app={alias: _app_url(alias) for alias in ALIASES},
        superuser={alias: superuser_url(alias) for alias in ALIASES},
        files=files,
    )


def _app_url(alias: str) -> str:
    entry = settings.DATABASES[alias]
    return make_conninfo(user=entry["USER"], password=entry.get("PASSWORD") or None)
