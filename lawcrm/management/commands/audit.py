"""Verify or seal the journal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lawcrm import access, audit


class Command(BaseCommand):
    help = "Verify that nobody changed the journal, or seal what was added since the last seal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("verify", "seal"))

    def handle(self, *_args: Any, what: str, **_options: Any) -> None:
        with access.as_system(f"audit {what}", source="command"):
            {"verify": self.verify, "seal": self.seal}[what]()

    def verify(self) -> None:
        problems = audit.verify()
        for problem in problems:
            self.stderr.write(str(problem))
        if problems:
            raise CommandError(f"The journal was tampered with or damaged in {len(problems)} places.")
        self.stdout.write("The journal is whole.")

    def seal(self) -> None:
        made = audit.seal(now=timezone.now())
        self.stdout.write(f"Seal {made.pk} made." if made else "Nothing new to seal.")
