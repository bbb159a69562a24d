"""The privacy office's command line: search for what is left, run the plan, clean a restored backup."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lawcrm import access, scan
from privacy.actions import erasure, replay, retention


class Command(BaseCommand):
    help = (
        "Search for texts (scan), put due matters on the plan (propose), erase what is released (erase), "
        "erase again what a restored backup brought back (replay)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        scanning = what.add_parser("scan", help="exit 0: found nowhere; 1: found; 2: nothing to search for")
        scanning.add_argument("texts", nargs="+", metavar="TEXT")
        scanning.add_argument("--json", action="store_true", dest="as_json")
        for name in ("propose", "erase", "replay"):
            what.add_parser(name)

    def handle(self, *_args: Any, what: str, **options: Any) -> None:
        match what:
            case "scan":
                self.search(options["texts"], as_json=options["as_json"])
            case "propose":
                self.stdout.write(f"{retention.propose_due(now=timezone.now())} matters put on the plan")
            case "erase":
                self.stdout.write(f"{erasure.erase_released(now=timezone.now())} matters erased")
            case "replay":
                self.stdout.write(f"{replay.erase_again(now=timezone.now())} erased again")

    def search(self, texts: list[str], *, as_json: bool) -> None:
        texts = [text.strip() for text in texts]
        if any(len(text) < 3 for text in texts):  # noqa: PLR2004 - shorter would be found everywhere
            raise CommandError("Each text needs at least three characters.", returncode=2)
        with access.as_system("privacy scan", source="command"):
            finds = scan.scan(texts)
        if as_json:
            self.stdout.write(json.dumps({"finds": [find.as_dict() for find in finds]}, ensure_ascii=False))
        else:
            self._print(finds)
        if any(find.count for find in finds):
            sys.exit(1)

    def _print(self, finds: list[scan.Find]) -> None:
        for find in finds:
            which = f"text {find.term + 1}" if find.count else ""
            self.stdout.write(f"{find.place:14} {find.where:50} {find.count:6} {which}")
        if not any(find.count for find in finds):
            self.stdout.write("Found nowhere.")
