"""Which joins of a query the need-to-know condition knows, and which it would let through unjudged."""

from typing import Any

from django.db import models
from django.db.models.sql.compiler import SQLCompiler


class LeakyJoin(RuntimeError):
    """A query joined a guarded relation, whose rows the joined table's own rule would not filter."""


def along(key: Any, root: type[models.Model], compiler: SQLCompiler) -> str:
    """The alias under which the query joins the root by this very column, or "": the row need not be read twice."""
    joins: Any = compiler.query.alias_map.items()
    for alias, joined in joins:
        if joined.parent_alias != key.alias or not compiler.query.alias_refcount[alias]:
            continue
        field = joined.join_field
        is_along = getattr(field, "attname", "") == key.target.attname and field.related_model is root
        if is_along and joined.filtered_relation is None:
            return str(alias)
    return ""


def refuse_leaky(model: type[models.Model], root: type[models.Model], column: str, compiler: SQLCompiler) -> None:
    """Only the join along the declared path is safe: its rows were judged with the row itself. Raises LeakyJoin."""
    for alias, joined in compiler.query.alias_map.items():
        field = getattr(joined, "join_field", None)
        if field is None or not compiler.query.alias_refcount[alias]:  # a trimmed join stays in the map
            continue
        target = field.related_model
        along_path = column != "pk" and target is root and getattr(field, "attname", "") == column
        if getattr(target, "need_to_know", None) and not along_path:
            message = f"{model._meta.label} joined into {target._meta.label}: ask through Exists over its manager"
            raise LeakyJoin(message)
