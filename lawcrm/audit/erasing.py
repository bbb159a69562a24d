"""The one way to take something out of the trail: database functions that want a reason and record themselves."""

from datetime import datetime
from typing import Any

from django.db import connection, models

from lawcrm.audit.actor import actor


def redact_journal(obj: models.Model, *, reason: str) -> int:
    """Blank what the journal says about the object; the entries and their chain stay. Needs system scope."""
    return _call("lawcrm_journal_redact", obj._meta.label_lower, obj.pk, reason, actor().user_id)


def redact_journal_under(column: str, root_id: int, *, reason: str, actor_id: int | None) -> None:
    """Blank what the journal says about everything of one matter or contact. Needs system scope."""
    if column not in {"matter_id", "contact_id"}:
        raise ValueError(column)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(lawcrm_journal_redact(object_type, object_id, %s, %s)) from"
            # The column is one of the two names checked above.
            f" (select distinct object_type, object_id from lawcrm_journalentry where {column} = %s) named",
            [reason, actor_id, root_id],
        )


def erase_history(model: type[models.Model], pk: int, *, reason: str) -> int:
    """Delete all history rows of one object. Needs system scope."""
    return erase_history_under(model, str(model._meta.pk.column), pk, reason=reason, actor_id=actor().user_id)


def erase_history_under(
    model: type[models.Model], column: str, value: int, *, reason: str, actor_id: int | None
) -> int:
    """Delete the history of all rows with this value in the column, also of rows gone before. Needs system scope."""
    table = getattr(model, model._meta.simple_history_manager_attribute).model._meta.db_table  # type: ignore[attr-defined]
    return _call("lawcrm_history_erase", table, value, reason, actor_id, column)


def purge_reads(*, before: datetime, reason: str) -> int:
    """Delete the read log's entries older than `before`. Needs system scope."""
    return _call("lawcrm_read_log_purge", before, reason, actor().user_id)


def purge_refusals(*, before: datetime, reason: str) -> int:
    """Delete refused requests older than `before`. Needs system scope."""
    return _call("lawcrm_refusals_purge", before, reason, actor().user_id)


def _call(function: str, *arguments: Any) -> int:
    marks = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}({marks})", arguments)
        return int(cursor.fetchone()[0])
