"""Look whether reminders still run; for cron or as a service of its own."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lawcrm import watchdog


class Command(BaseCommand):
    help = "Mail partners and administrators, past the scheduler, when reminders stand still; ends with 1 if so."
    requires_system_checks: Any = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="stay and look again so often")

    def handle(self, *_args: Any, every: float | None, **_options: Any) -> None:
        if every:
            watchdog.watch(every, self.stderr.write)
        now = timezone.now()
        # From cron nobody knows when it began: a job that never ran is silent at once.
        if words := watchdog.Watchdog(now - 2 * watchdog.limit()).look(now):
            raise CommandError(words)
        self.stdout.write("Reminders run.")
