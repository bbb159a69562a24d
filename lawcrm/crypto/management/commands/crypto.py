"""Keys from the command line: state, new master key, rotation, reindexing, verification."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lawcrm.crypto import inspection, keyfile, keyring, rotation
from lawcrm.crypto.errors import CryptoUnusable


class Command(BaseCommand):
    help = "Look after the keys: status, new-master-key, rotate, reindex, verify."
    # Must work when the checks fail, to find out why.
    requires_system_checks: Any = ()

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True)
        kinds.add_parser("status", help="versions, fingerprints and numbers of keys")
        new = kinds.add_parser("new-master-key", help="a file (0600) with a further key, never overwriting one")
        new.add_argument("--out", type=Path, help="the new file; printed when left out")
        new.add_argument("--keep", type=Path, help="the file in use, whose keys the new file keeps")
        rotate = kinds.add_parser("rotate", help="wrap all data keys under the newest master key")
        rotate.add_argument("--batch", type=int, default=rotation.BATCH)
        reindex = kinds.add_parser("reindex", help="replace the index key and all blind indexes; once a year")
        reindex.add_argument("--batch", type=int, default=rotation.BATCH)
        verify = kinds.add_parser("verify", help="open sealed values and say which do not open")
        verify.add_argument("--sample", type=int, help="only the newest rows of each table")

    def handle(self, *_args: object, what: str, **options: Any) -> None:
        try:
            with keyring.fresh():
                getattr(self, what.replace("-", "_"))(options)
        except (CryptoUnusable, rotation.NewKeyAbsent) as reason:
            raise CommandError(str(reason)) from None

    def status(self, _options: dict[str, Any]) -> None:
        for line in inspection.state():
            self.stdout.write(line)

    def new_master_key(self, options: dict[str, Any]) -> None:
        kept = keyfile.parse(options["keep"].read_text(encoding="utf-8")) if options["keep"] else {}
        keys = keyfile.with_new_key(kept)
        if options["out"] is None:
            self.stdout.write(keyfile.dump(keys))
            return
        try:
            keyfile.write_new(options["out"], keys)
        except FileExistsError:
            raise CommandError(f"{options['out']} exists and is not overwritten.") from None
        self.stdout.write(f"{options['out']} holds version {max(keys)}; put a copy in escrow before using it.")

    def rotate(self, options: dict[str, Any]) -> None:
        done = rotation.rotate(batch=options["batch"])
        self.stdout.write(f"master key {done.version} is in use; {done.rewrapped} keys wrapped anew")

    def reindex(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{rotation.reindex(batch=options['batch'])} values indexed anew")

    def verify(self, options: dict[str, Any]) -> None:
        found = inspection.verify(sample=options["sample"])
        for line in found.broken:
            self.stderr.write(line)
        self.stdout.write(f"{found.opened} opened, {found.erased} erased, {len(found.broken)} broken")
        if found.broken:
            raise CommandError("some sealed values do not open")
