"""Fill a firm with made-up people and matters of any number: what `firm generate` calls."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clients.models import Contact
from lawcrm import access
from matters.models import Matter
from privacy.generation import filling
from privacy.generation.plan import Size


class Command(BaseCommand):
    help = "Fill a firm with made-up people and matters, the same for the same seed. Never into a firm with real data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contacts", type=int, default=10_000)
        parser.add_argument("--matters", type=int, default=10_000)
        parser.add_argument("--users", type=int, default=200)
        parser.add_argument("--grants", type=int, help="on matters; else five per matter")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--into-empty", action="store_true", help="outside the demo: only where nothing is yet")

    def handle(self, *_args: object, **options: Any) -> None:
        with access.as_system("generation", source="command"):
            self.refuse_real_data(into_empty=options["into_empty"])
            grants = 5 * options["matters"] if options["grants"] is None else options["grants"]
            counts = {name: options[name] for name in ("contacts", "matters", "users", "seed")}
            try:
                filling.fill(Size(grants=grants, **counts), today=timezone.localdate(), say=self.stdout.write)
            except filling.Unfit as refusal:
                raise CommandError(str(refusal)) from refusal

    def refuse_real_data(self, *, into_empty: bool) -> None:
        if into_empty and (Contact.objects.exists() or Matter.objects.exists()):
            raise CommandError("There are contacts or matters already: nothing made-up is mixed with them.")
        if not into_empty and not settings.DEMO:
            raise CommandError("This is no demo. Give --into-empty to fill a firm that has no contacts yet.")
