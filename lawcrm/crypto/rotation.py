"""Taking a new master key or index key into use, in small steps that a kill cannot spoil."""

from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from lawcrm import access
from lawcrm.crypto import keyring, masterkey
from lawcrm.crypto.blind import BlindIndexField, indexed
from lawcrm.crypto.models import DataKey, IndexKey
from lawcrm.crypto.router import KEYS

BATCH = 500


class NewKeyAbsent(RuntimeError):
    """The master key file holds no key newer than the one in use, and no earlier rotation is unfinished."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"The master key file holds nothing newer than version {version}, which is in use. "
            "Make a file with a further key (`manage.py crypto new-master-key`), restart all processes with it, "
            "then rotate."
        )


@dataclass(frozen=True)
class Rotated:
    """The version now in use, and how many keys were wrapped anew."""

    version: int
    rewrapped: int


def rotate(*, batch: int = BATCH) -> Rotated:
    """Wrap every data key under the newest master key. Values and files are not touched.

    Until the end both versions are needed; a run that was killed is finished by the next one.
    """
    used = masterkey.current()
    newest = max(masterkey.configured())
    if newest == used and not _behind(DataKey, used).exists() and not _behind(IndexKey, used).exists():
        raise NewKeyAbsent(used)
    masterkey.take_into_use(newest)
    total = 0
    while done := _rewrap(DataKey, newest, batch) + _rewrap(IndexKey, newest, batch):
        total += done
    return Rotated(newest, total)


def _behind(model: type[DataKey] | type[IndexKey], version: int) -> models.QuerySet[Any]:
    return model._default_manager.filter(wrapped__isnull=False, master_version__lt=version)


def _rewrap(model: type[DataKey] | type[IndexKey], version: int, batch: int) -> int:
    """One short transaction; locked rows keep a destruction from being undone."""
    with transaction.atomic(using=KEYS):
        rows: list[Any] = list(_behind(model, version).select_for_update().order_by("pk")[:batch])
        for row in rows:
            secret = masterkey.unwrap(bytes(row.wrapped), row.master_version, row.purpose)
            row.wrapped, row.master_version = masterkey.wrap(secret, version, row.purpose), version
        model._default_manager.bulk_update(rows, ["wrapped", "master_version"])
    return len(rows)


def versions_needed() -> set[int]:
    """Master key versions that existing keys are wrapped with."""
    live: set[int] = set()
    for model in (DataKey, IndexKey):
        live |= set(_behind(model, 2**31 - 1).values_list("master_version", flat=True).distinct())
    return live


def reindex(*, batch: int = BATCH, columns: list[tuple[type[models.Model], BlindIndexField]] | None = None) -> int:
    """Replace the index key and every blind index made with it; the number of values indexed anew.

    Lookups ask for both generations meanwhile. The old key is dropped last, so that a killed run
    leaves two, and the next run finishes with the newer one.
    """
    live = keyring.index_keys()
    newest = max(live, default=0)
    if len(live) < 2:  # noqa: PLR2004 - else a killed run has made the newer one
        newest += 1
        keyring.make_index_key(newest)
    with access.as_system("replace the blind index key"):
        total = sum(_reindex(model, field, batch) for model, field in columns or indexed())
    IndexKey.objects.filter(generation__lt=newest).delete()
    keyring.ring().index_keys.clear()
    return total


def _reindex(model: type[models.Model], field: BlindIndexField, batch: int) -> int:
    """In order of primary key, a batch a transaction, each row locked while it is read and written."""
    total, last = 0, None
    while True:
        with transaction.atomic():
            rows = model._base_manager.filter(**{f"{field.name}__isnull": False}).order_by("pk")
            if last is not None:
                rows = rows.filter(pk__gt=last)
            page = list(rows.fetch_mode(models.FETCH_PEERS).select_for_update(of=("self",))[:batch])
            for row in page:
                setattr(row, field.attname, field.digest_of(row))
            model._base_manager.bulk_update(page, [field.name])
        if not page:
            return total
        total, last = total + len(page), page[-1].pk
