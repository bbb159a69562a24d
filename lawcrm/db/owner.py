"""Connecting as the owner of the tables, which only migrations, backup and bulk generation do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict


@contextmanager
def connected_as_owner(*aliases: str) -> Iterator[None]:
    """Let the aliases connect as owner inside the block; the database name stays.

    The time a page's statement may take is no measure for an index over a million rows.
    """
    before = {alias: dict(connections[alias].settings_dict) for alias in aliases}
    for alias in aliases:
        connections[alias].close()
        parts = conninfo_to_dict(settings.OWNER_DATABASES[alias])
        patient = {**before[alias]["OPTIONS"], "options": "-c statement_timeout=0"}
        password = str(parts.get("password", ""))
        connections[alias].settings_dict.update(USER=str(parts["user"]), PASSWORD=password, OPTIONS=patient)
    try:
        yield
    finally:
        for alias in aliases:
            connections[alias].close()
            connections[alias].settings_dict.update(before[alias])
