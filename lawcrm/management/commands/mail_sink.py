"""Run the demo's mail server until told to stop."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lawcrm import engines, mail_sink


class Command(BaseCommand):
    help = "Take every mail on the demo's SMTP port and keep it as a file; nothing leaves this machine."
    requires_system_checks: Any = ()

    def handle(self, *_args: object, **_options: object) -> None:
        if not settings.DEMO:
            raise CommandError("The mail sink belongs to the demo.")
        server = mail_sink.controller(settings.MAIL_SINK_DIR, engines.SMTP_SINK_PORT)
        server.start()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            signal.pause()
        except KeyboardInterrupt:
            server.stop()
