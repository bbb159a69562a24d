"""Prepare roles, databases and extensions as the superuser named by DATABASE_SUPERUSER_URL."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from lawcrm import engines
from lawcrm.db.provision import prepare
from lawcrm.settings import environment as env


class Command(BaseCommand):
    help = "Make the database roles, the databases and what in them needs a superuser; safe to repeat."
    requires_system_checks: Any = ()

    def handle(self, *_args: object, **_options: object) -> None:
        for alias, variable in (("default", "DATABASE_URL"), ("keys", "KEYS_DATABASE_URL")):
            app_url = env.text(variable) or engines.url(settings.DATABASES[alias]["NAME"], "lawcrm_app")
            superuser = env.text("KEYS_DATABASE_SUPERUSER_URL") if alias == "keys" else ""
            prepare(superuser or engines.superuser_url(), settings.OWNER_DATABASES[alias], app_url)
