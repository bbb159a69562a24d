"""Writing many audited rows at once, with their history in the same transaction."""

from collections.abc import Collection, Iterable, Sequence
from itertools import batched
from typing import Any

from django.db import models, router, transaction

from lawcrm.audit.actor import actor
from lawcrm.audit.glass import require_own_sight
from lawcrm.audit.rows import with_history

BATCH = 1000


class RowsWentMissing(RuntimeError):
    """Rows changed in bulk could not be read again, so that their history would have been incomplete."""


def bulk_create[M: models.Model](model: type[M], objs: Iterable[M]) -> list[M]:
    actor()
    with transaction.atomic(router.db_for_write(model)), with_history():
        made: list[M] = []
        for batch in batched(objs, BATCH, strict=False):
            for obj in batch:
                require_own_sight(obj)
            created = model._default_manager.bulk_create(batch)
            _history(model).bulk_history_create(created)
            made += created
        return made


def bulk_update[M: models.Model](model: type[M], objs: Sequence[M], fields: Collection[str]) -> int:
    """History is written from rows read again: instances may be partial or stale in other columns."""
    actor()
    with transaction.atomic(router.db_for_write(model)), with_history():
        changed = model._default_manager.bulk_update(objs, fields, batch_size=BATCH)
        _write_changes(model, [obj.pk for obj in objs], changed)
    return changed


def update[M: models.Model](queryset: models.QuerySet[M], **values: Any) -> int:
    """`queryset.update(**values)` with history."""
    actor()
    model = queryset.model
    with transaction.atomic(router.db_for_write(model)), with_history():
        locked = queryset.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
        pks = list(locked)
        changed = model._default_manager.filter(pk__in=pks).update(**values)
        _write_changes(model, pks, changed)
    return changed


def _write_changes[M: models.Model](model: type[M], pks: list[Any], changed: int) -> None:
    written = 0
    for batch in batched(pks, BATCH, strict=False):
        rows = list(model._base_manager.filter(pk__in=batch))
        for row in rows:
            require_own_sight(row)
        _history(model).bulk_history_create(rows, update=True)
        written += len(rows)
    if written != changed:
        message = f"{model._meta.label}: {changed} rows changed, {written} could be read again"
        raise RowsWentMissing(message)


def _history(model: type[models.Model]) -> Any:
    return getattr(model, model._meta.simple_history_manager_attribute)  # type: ignore[attr-defined]
