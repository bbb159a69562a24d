"""Migrate as the owner of the tables, by default both databases."""

from typing import Any

from django.core.management.commands import migrate

from lawcrm import access
from lawcrm.crypto.router import KEYS
from lawcrm.db.owner import connected_as_owner

CRYPTO = "crypto"  # the only app whose tables are among the keys (lawcrm/crypto/router.py)


class Command(migrate.Command):
    help = "Update both databases' schemas, connected as the role that owns the tables."

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="both")

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        return {"databases": _wanted(options)}

    def handle(self, *args: Any, **options: Any) -> None:
        with access.as_system("migrate"), connected_as_owner("default", KEYS):
            for alias in _wanted(options):
                super().handle(*args, **_of_its_own({**options, "database": alias}))


def _of_its_own(options: dict[str, Any]) -> dict[str, Any]:
    """Of all migrations only the keys' own do anything to their database; to go through the others takes as long."""
    every = options["database"] == KEYS and options["app_label"] is None
    return {**options, "app_label": CRYPTO} if every else options


def _wanted(options: dict[str, Any]) -> list[str]:
    if options["database"] != "both":
        return [options["database"]]
    return ["default", KEYS] if options.get("app_label") in (None, CRYPTO) else ["default"]
