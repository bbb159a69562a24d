"""Looking over keys and sealed values: what state they are in and whether everything opens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models

from lawcrm import access
from lawcrm.crypto import keyring, masterkey
from lawcrm.crypto.errors import KeyMissing, SealBroken
from lawcrm.crypto.fields import Erased, SealedField
from lawcrm.crypto.models import DataKey, IndexKey, MasterKey

PAGE = 500


def state() -> Iterator[str]:
    """Lines for an operator: versions, fingerprints, numbers of keys; no key and no owner."""
    configured = masterkey.configured()
    recorded = {row.version: bytes(row.fingerprint) for row in MasterKey.objects.all()}
    for version in sorted(configured.keys() | recorded.keys()):
        wraps = DataKey.objects.filter(master_version=version, wrapped__isnull=False).count()
        yield f"master key {version}: {_standing(version, configured, recorded)}, wraps {wraps} data keys"
    yield f"destroyed data keys: {DataKey.objects.filter(wrapped__isnull=True).count()}"
    generations = IndexKey.objects.order_by("generation").values_list("generation", flat=True)
    yield f"index key generations: {', '.join(map(str, generations)) or 'none'}"


def _standing(version: int, configured: dict[int, bytes], recorded: dict[int, bytes]) -> str:
    if version not in configured:
        return "not in the file"
    mark = masterkey.fingerprint(version)
    if version not in recorded:
        return f"idle until rotation, fingerprint {mark.hex()[:16]}"
    return f"fingerprint {mark.hex()[:16]}" if recorded[version] == mark else "WRONG KEY"


@dataclass
class Verified:
    """What was opened, what was found erased, and where something does not open."""

    opened: int = 0
    erased: int = 0
    broken: list[str] = field(default_factory=list)


def sealed_models() -> list[type[models.Model]]:
    """Every model with sealed columns, histories included."""
    return [model for model in apps.get_models() if _columns(model)]


def _columns(model: type[models.Model]) -> list[SealedField]:
    return [column for column in model._meta.concrete_fields if isinstance(column, SealedField)]


def verify(chosen: Iterable[type[models.Model]] | None = None, *, sample: int | None = None) -> Verified:
    """Open sealed values of all rows, or of the newest `sample` rows of each model."""
    found = Verified()
    with access.as_system("verify that sealed values open"):
        for model in chosen if chosen is not None else sealed_models():
            for page in _pages(model, sample):
                _verify_page(page, _columns(model), found)
    return found


def _pages(model: type[models.Model], sample: int | None) -> Iterator[list[models.Model]]:
    last, left = None, sample
    while left is None or left > 0:
        rows = model._base_manager.order_by("-pk").fetch_mode(models.FETCH_PEERS)
        page = list((rows if last is None else rows.filter(pk__lt=last))[: min(PAGE, left or PAGE)])
        if not page:
            return
        yield page
        last, left = page[-1].pk, None if left is None else left - len(page)


def _verify_page(page: list[models.Model], columns: list[SealedField], found: Verified) -> None:
    with keyring.fresh():
        for row in page:
            for column in columns:
                try:
                    value = getattr(row, column.attname)
                except (SealBroken, KeyMissing) as reason:
                    found.broken.append(f"{column.label} in row {row.pk}: {type(reason).__name__}")
                    continue
                found.erased += isinstance(value, Erased)
                found.opened += value is not None and not isinstance(value, Erased)
