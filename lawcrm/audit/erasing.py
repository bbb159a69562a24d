"""The one way to take something out of the trail: database functions that want a reason and record themselves."""

from datetime import datetime
from typing import Any

from django.db import connection, models

from lawcrm.audit.actor import actor


def redact_journal(obj: models.Model, *, reason: str) -> int:
    """Blank what the journal says about the object; the entries and their chain stay. Needs system scope."""
    return _call("lawcrm_journal_redact", obj._meta.label_lower, obj.pk, reason, actor().user_id)


def erase_history(model: type[models.Model], pk: int, *, reason: str) -> int:
    """Delete all history rows of one object. Needs system scope."""
    table = getattr(model, model._meta.simple_history_manager_attribute).model._meta.db_table  # type: ignore[attr-defined]
    return _call("lawcrm_history_erase", table, pk, reason, actor().user_id, model._meta.pk.column)


def purge_reads(*, before: datetime, reason: str) -> int:
    """Delete the read log's entries older than `before`. Needs system scope."""
    return _call("lawcrm_read_log_purge", before, reason, actor().user_id)


def _call(function: str, *arguments: Any) -> int:
    marks = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}({marks})", arguments)
        return int(cursor.fetchone()[0])
