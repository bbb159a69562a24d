"""Erasing rows for ever with their history, and which rows and files belong to what is erased."""

from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import models

from lawcrm import access, audit


def stored_names() -> Iterator[str]:
    """Names of all sealed files some row still names: every model keeps them in a column of this name."""
    for model in apps.get_models():
        if any(field.name == "stored_name" for field in model._meta.concrete_fields):
            yield from model._base_manager.values_list("stored_name", flat=True)


def models_under(root: type[models.Model]) -> list[type[models.Model]]:
    """Models whose rows belong to a row of the root, those that refer to others first."""
    children = [model for model in apps.get_models() if _belongs(model, root)]
    referred = {
        model: [other for other in children if other is not model and _refers(other, model)] for model in children
    }
    return list(TopologicalSorter(referred).static_order())


def _belongs(model: type[models.Model], root: type[models.Model]) -> bool:
    return not hasattr(model, "instance_type") and model is not root and column_to(model, root) is not None


def column_to(model: type[models.Model], root: type[models.Model]) -> str | None:
    """The column by which a row belongs to the root's: its need-to-know path, or a grant's object."""
    if getattr(model, "need_to_know", "self") != "self":
        rule = access.rule_of(model)
        return rule.column if rule.root is root else None
    for name in ("content_object", root._meta.model_name or ""):
        field: Any = next((f for f in model._meta.fields if f.name == name), None)
        if field is not None and field.related_model is root:
            return str(field.attname)
    return None


def _refers(model: type[models.Model], target: type[models.Model]) -> bool:
    return any(field.related_model is target for field in model._meta.fields)


def erase_rows(model: type[models.Model], column: str, value: int, *, reason: str, actor_id: int | None) -> int:
    """Delete rows and their history without leaving a new history row behind; answers how many rows."""
    rows = model._base_manager.filter(**{column: value})
    erased = rows._raw_delete("default")
    if hasattr(model, "history"):
        audit.erase_history_under(model, column, value, reason=reason, actor_id=actor_id)
    return int(erased)
