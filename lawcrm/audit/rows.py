"""Querysets of audited models refuse what Django writes past the history: bulk changes and inserts."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models

_with_history: ContextVar[bool] = ContextVar("with_history", default=False)


class WithoutHistory(RuntimeError):
    """Audited rows were about to change in bulk without history: use audit.update and its like."""


@contextmanager
def with_history() -> Iterator[None]:
    """For lawcrm/audit/bulk.py, which writes the history itself."""
    token = _with_history.set(True)
    try:
        yield
    finally:
        _with_history.reset(token)


class AuditedRows(models.QuerySet[Any]):
    """Mixed into the queryset of every audited model, so also into `matter.parties.update(…)`."""

    def update(self, **values: Any) -> int:
        self._refuse("update", values)
        return super().update(**values)

    def bulk_create(self, objs: Any, *args: Any, **options: Any) -> Any:
        self._refuse("bulk_create")
        return super().bulk_create(objs, *args, **options)

    def bulk_update(self, objs: Any, fields: Any, *args: Any, **options: Any) -> int:
        fields = list(fields)
        self._refuse("bulk_update", fields)
        return super().bulk_update(objs, fields, *args, **options)

    def _refuse(self, what: str, names: Collection[str] = ()) -> None:
        """Columns whose past is kept elsewhere may change in bulk."""
        past = getattr(self.model, self.model._meta.simple_history_manager_attribute).model
        unaudited = set(past._history_excluded_fields)
        if not _with_history.get() and not (names and unaudited.issuperset(names)):
            message = f"{what} on {self.model._meta.label} writes no history: use audit.{what}"
            raise WithoutHistory(message)


def audit_rows_of(model: type[models.Model]) -> None:
    """Make the model's managers, and related managers made from them, hand out AuditedRows."""
    own = {manager.name for manager in model._meta.local_managers}
    for inherited in model._meta.managers:
        if inherited.name not in own:
            inherited.contribute_to_class(model, inherited.name)
    for manager in model._meta.local_managers:
        plain: Any = type(manager)
        rows = type(f"Audited{plain._queryset_class.__name__}", (AuditedRows, plain._queryset_class), {})
        manager.__class__ = type(plain.__name__, (plain,), {"_queryset_class": rows, "__module__": plain.__module__})
