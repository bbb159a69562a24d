"""Signed records: a content that was frozen, and whose hash stands in the journal so that a later change is found."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from lawcrm.audit.journal import Fact, record
from lawcrm.audit.problem import Problem

AT_ONCE = 1000


class NotSignable(ValueError):
    """A content that two programs could write in two ways: a number with a fraction, a key that is no text."""


@dataclass(frozen=True)
class Signed:
    """Rows of a model whose `column` is filled are signed by exactly one journal entry of `kind`."""

    model: type[models.Model]
    kind: str
    column: str


_signed: dict[str, Signed] = {}


def signs(model: type[models.Model], *, kind: str, column: str = "record") -> None:
    """Declare signed rows, in `apps.ready()`; `verify` then looks at them. Again replaces."""
    _signed[model._meta.label_lower] = Signed(model, kind, column)


def sign(obj: models.Model, *, reason: str = "", **facts: Fact) -> str:
    """Put the hash of a frozen row into the journal, in the transaction that froze it; answers the hash."""
    declared = _signed[obj._meta.label_lower]
    found = digest(getattr(obj, declared.column))
    record(declared.kind, obj, reason=reason, sha256=found, **facts)
    return found


def canonical(content: Any) -> bytes:
    """The one way to write it: keys sorted, no spaces, UTF-8."""
    _require_signable(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: Any) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def _require_signable(content: Any) -> None:
    match content:
        case None | str() | int():  # bool is an int
            return
        case list() | tuple():
            for part in content:
                _require_signable(part)
        case dict() if all(isinstance(key, str) for key in content):
            for part in content.values():
                _require_signable(part)
        case _:
            raise NotSignable(type(content).__name__)


def signatures_wrong() -> Iterator[Problem]:
    """Signed rows that changed, went or were never signed. What an erasure blanked in the journal is not asked."""
    for declared in _signed.values():
        yield from _rows_wrong(declared)
        yield from _rows_gone(declared)


def _rows_wrong(declared: Signed) -> Iterator[Problem]:
    filled = declared.model._default_manager.filter(**{f"{declared.column}__isnull": False})
    rows = filled.order_by("pk").values_list("pk", declared.column)
    last = 0
    while page := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        signatures = _signatures(declared, [pk for pk, _content in page])
        for pk, content in page:
            if problem := _judged(declared, pk, content, signatures.get(pk)):
                yield problem
        last = page[-1][0]


def _judged(declared: Signed, pk: int, content: Any, entry: Any) -> Problem | None:
    label = declared.model._meta.label_lower
    if entry is None:
        return Problem(0, label, pk, 0, "says that it was signed, and the journal does not")
    if entry.redacted_at is None and entry.facts.get("sha256") != digest(content):
        return Problem(entry.pk, label, pk, entry.position, "differs from what was signed")
    return None


def _signatures(declared: Signed, pks: list[int]) -> dict[int, Any]:
    """The first entry of each row: one that is added later proves nothing."""
    entries = _entries(declared).filter(object_id__in=pks).order_by("object_id", "-position")
    return {entry.object_id: entry for entry in entries}


def _rows_gone(declared: Signed) -> Iterator[Problem]:
    kept = declared.model._default_manager.filter(pk=models.OuterRef("object_id"))
    kept = kept.filter(**{f"{declared.column}__isnull": False})
    lost = _entries(declared).filter(~models.Exists(kept), redacted_at=None).order_by("pk")
    for entry in lost.iterator(chunk_size=AT_ONCE):
        yield Problem(entry.pk, entry.object_type, entry.object_id, entry.position, "was signed and is gone")


def _entries(declared: Signed) -> models.QuerySet[Any]:
    from lawcrm.models import JournalEntry

    return JournalEntry.objects.filter(object_type=declared.model._meta.label_lower, kind=declared.kind)
