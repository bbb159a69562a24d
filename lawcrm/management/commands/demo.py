"""Run a firm with made-up data on this machine: `make demo`."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

from lawcrm import demo, engines
from lawcrm.accounts.models import GroupKind


class Command(BaseCommand):
    help = "Start servers, web, worker, beat and a mail sink with a made-up firm; Ctrl-C stops them all."
    requires_system_checks: Any = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where to serve; the next free one if taken")
        parser.add_argument("--fresh", action="store_true", help="throw the demo's data away first")

    def handle(self, *_args: object, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo runs with the settings lawcrm.settings.demo only.")
        try:
            if options["fresh"]:
                demo.start_afresh([argument for argument in sys.argv[2:] if argument != "--fresh"])
            demo.run(options["port"], self.prepare, self.announce)
        except demo.DemoFailed as failure:
            raise CommandError(str(failure)) from None

    def prepare(self) -> bool:
        """Bring given servers up to date and fill the firm once; whether there is a mail sink to start."""
        if engines.given("DATABASE_SUPERUSER_URL"):
            call_command("prepare_database")
        if engines.given("DATABASE_URL"):
            call_command("migrate", verbosity=0)
        commands = get_commands()
        if "demo_firm" in commands:
            call_command("demo_firm")
        return "mail_sink" in commands

    def announce(self, address: str) -> None:
        lines = [f"\nLawCRM runs at {address}", f"  password of everyone below: {demo.PASSWORD}", *logins()]
        lines += [
            f"  one-time codes: {address}/demo/codes/   mail it sent: {address}/demo/mail/",
            "Ctrl-C stops it; the data stays (ARGS=--fresh throws it away).\n",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def logins() -> list[str]:
    """One line per role: who signs in with it."""
    roles = Group.objects.filter(kind__kind=GroupKind.Kind.ROLE, user__is_active=True).order_by("pk", "user__pk")
    firsts: dict[str, str] = {}
    for role, email in roles.values_list("name", "user__email"):
        firsts.setdefault(role, email)
    return [f"  {role:<24}{email}" for role, email in firsts.items()]
