"""Which matter and which contact an object leads to, and so who may see what the trail says about it."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from lawcrm import access

ROOTS = {"matter_id": "matters.matter", "contact_id": "clients.contact"}
# Holders of lawcrm.view_journal see every entry: it says no names and no content.
FLAG = "journal"


def roots_of(obj: models.Model) -> dict[str, int]:
    """The column of the trail and the root's id, for objects of guarded models; nothing for others."""
    if not getattr(obj, "need_to_know", None):
        return {}
    if leads := getattr(obj, "leads_to", None):  # to one root or another, said by the row itself
        return dict(leads)
    rule = access.rule_of(type(obj))
    columns = [column for column, label in ROOTS.items() if label == rule.root._meta.label_lower]
    return {column: obj.pk if rule.column == "pk" else getattr(obj, rule.column) for column in columns}


def about(obj: models.Model) -> models.Q:
    """Entries about the object; about a matter or contact also those about everything in it."""
    label = obj._meta.label_lower
    for column, root in ROOTS.items():
        if root == label:
            return models.Q((column, obj.pk))
    return models.Q(object_type=label, object_id=obj.pk)


class TrailVisible(models.Expression):
    """True for entries that lead to a matter or contact, or both, all of which the viewer may see."""

    conditional = True

    def __init__(self) -> None:
        super().__init__(output_field=models.BooleanField())
        self.columns: list[Any] = [models.F(column) for column in (*ROOTS, "object_type", "object_id")]

    def get_source_expressions(self) -> list[Any]:
        return self.columns

    def set_source_expressions(self, exprs: Any) -> None:
        self.columns = list(exprs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:  # noqa: ARG002
        viewer = access.required()
        if viewer.system or FLAG in viewer.flags:
            return "TRUE", []
        *names, kind, pk = [compiler.compile(column)[0] for column in self.columns]
        seen = [_seen(name, label, viewer) for name, label in zip(names, ROOTS.values(), strict=True)]
        seen += _confidential(kind, pk, viewer)
        return f"(COALESCE({', '.join(names)}) IS NOT NULL AND {' AND '.join(seen)})", []


def _confidential(kind: str, pk: str, viewer: access.Viewer) -> list[str]:
    """What the trail says of a row that wants a right beyond sight follows the row."""
    return [
        f"({kind} <> '{model._meta.label_lower}' OR {access.live_row_within_rights(model, pk, viewer)})"
        for model in apps.get_models()
        if access.narrowing_of(model)
    ] + [
        f"({kind} <> '{model._meta.label_lower}' OR {_row_seen(model, pk, viewer)})"
        for model in apps.get_models()
        if getattr(model, "trail_follows_row", False)
    ]


def _row_seen(model: Any, pk: str, viewer: access.Viewer) -> str:
    """For rows that not everybody sees who sees the matter or contact they lead to."""
    return (
        f'EXISTS (SELECT 1 FROM "{model._meta.db_table}" t WHERE t.id = {pk} AND {model.sight.predicate("t", viewer)})'
    )


def _seen(column: str, label: str, viewer: access.Viewer) -> str:
    try:
        root = apps.get_model(label)
    except LookupError:
        return f"{column} IS NULL"
    inner = root.sight.predicate("s", viewer)
    return f'({column} IS NULL OR EXISTS (SELECT 1 FROM "{root._meta.db_table}" s WHERE s.id = {column} AND {inner}))'


class TrailManager(models.Manager[Any]):
    """The default manager of the journal and the read log."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(TrailVisible()).fetch_mode(models.FETCH_PEERS)
