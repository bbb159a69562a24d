"""Prepare roles, databases and extensions as the superuser named by DATABASE_SUPERUSER_URL."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lawcrm import engines
from lawcrm.db.provision import prepare
from lawcrm.settings import environment as env


class Command(BaseCommand):
    help = "Make the database roles, the databases and what in them needs a superuser; safe to repeat."
    requires_system_checks: Any = ()

    def handle(self, *_args: object, **_options: object) -> None:
        for alias, variable in (("default", "DATABASE_URL"), ("keys", "KEYS_DATABASE_URL")):
            app_url = env.text(variable) or engines.url(settings.DATABASES[alias]["NAME"], "lawcrm_app")
            if not superuser_url(alias):
                raise CommandError("DATABASE_SUPERUSER_URL is missing: only a superuser makes roles and databases.")
            prepare(superuser_url(alias), settings.OWNER_DATABASES[alias], app_url)


def superuser_url(alias: str) -> str:
    """Who may make roles and databases: as given, else of the embedded server, else nobody (empty)."""
    named = (env.text("KEYS_DATABASE_SUPERUSER_URL") if alias == "keys" else "") or env.text("DATABASE_SUPERUSER_URL")
    return named or ("" if engines.given("DATABASE_URL") else engines.superuser_url())
