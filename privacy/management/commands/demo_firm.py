"""Fill the demo's firm with made-up people: called by `manage.py demo`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from privacy.demo_content import founding


class Command(BaseCommand):
    help = "Fill an empty demo with the made-up firm Holm & Vestergaard; a firm that is there stays as it is."

    def handle(self, *_args: object, **_options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Made-up people belong into a demo: use the settings lawcrm.settings.demo.")
        if founding.found(now=timezone.now()):
            self.stdout.write("Holm & Vestergaard has moved in.")
