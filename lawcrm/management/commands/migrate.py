"""Migrate as the owner of the tables, by default both databases."""

from typing import Any

from django.core.management.commands import migrate

from lawcrm import access
from lawcrm.db.owner import connected_as_owner


class Command(migrate.Command):
    help = "Update both databases' schemas, connected as the role that owns the tables."

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="both")

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        return {"databases": _wanted(options)}

    def handle(self, *args: Any, **options: Any) -> None:
        with access.as_system("migrate"), connected_as_owner("default", "keys"):
            for alias in _wanted(options):
                super().handle(*args, **{**options, "database": alias})


def _wanted(options: dict[str, Any]) -> list[str]:
    return ["default", "keys"] if options["database"] == "both" else [options["database"]]
