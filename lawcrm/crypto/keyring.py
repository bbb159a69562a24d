"""Data keys: unwrapped once per request or task, made at first use, destroyed for ever."""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakSet

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from lawcrm.crypto import masterkey
from lawcrm.crypto.errors import KeyDestroyed, KeyMissing
from lawcrm.crypto.masterkey import Secret
from lawcrm.crypto.models import DataKey, IndexKey
from lawcrm.crypto.router import KEYS

# How long a process may go on reading for someone another process has erased, when no request
# or task boundary comes first.
SECONDS_KEPT = 60
BATCH = 1000


@dataclass(eq=False)
class Ring:
    """Unwrapped keys of one request or task; None stands for a destroyed key."""

    keys: dict[UUID, Secret | None] = field(default_factory=dict)
    index_keys: dict[int, Secret] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)


_ring: ContextVar[Ring | None] = ContextVar("keyring", default=None)
_rings: "WeakSet[Ring]" = WeakSet()


def _open_ring() -> Ring:
    ring = Ring()
    _rings.add(ring)
    return ring


def ring() -> Ring:
    now = _ring.get()
    if now is None or time.monotonic() - now.since > SECONDS_KEPT:
        now = _open_ring()
        _ring.set(now)
    return now


@contextmanager
def fresh() -> Iterator[None]:
    """Know no key at the start and forget all at the end: around each request and each task."""
    token = _ring.set(_open_ring())
    try:
        yield
    finally:
        _ring.reset(token)


class FreshKeyring:
    """Middleware: no unwrapped key outlives its request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with fresh():
            return self.get_response(request)


def knows(owner: UUID) -> bool:
    return owner in ring().keys


def load(owners: Iterable[UUID]) -> None:
    """Unwrap the keys of these owners with one query; owners without a key are passed over."""
    known = ring().keys
    missing = {owner for owner in owners if owner not in known}
    if missing:
        for row in DataKey.objects.filter(owner__in=missing):
            # Not overwriting: the owner may have been erased since the query.
            known.setdefault(row.owner, None if row.wrapped is None else _unwrap(row))


def _unwrap(row: DataKey | IndexKey) -> Secret:
    return Secret(masterkey.unwrap(bytes(row.wrapped or b""), row.master_version, row.purpose))


def _new(row: DataKey | IndexKey) -> None:
    row.wrapped = masterkey.wrap(AESGCM.generate_key(256), row.master_version, row.purpose)


def prepare(owners: Iterable[UUID]) -> None:
    """Make the missing keys of these owners, a thousand at a time: before a bulk_create or an import."""
    wanted = list(dict.fromkeys(owners))
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        load(batch)
        _make([owner for owner in batch if owner not in ring().keys])
        load(batch)


def _make(owners: list[UUID]) -> None:
    if not owners:
        return
    # Durable: a key lost to an outer rollback would leave data that nobody can open.
    with transaction.atomic(using=KEYS, durable=True):
        version = masterkey.current()
        rows = [DataKey(owner=owner, master_version=version) for owner in owners]
        for row in rows:
            _new(row)
        # Whoever comes second reads the key of whoever came first.
        DataKey.objects.bulk_create(rows, ignore_conflicts=True)


def secret_for_reading(owner: UUID) -> Secret:
    """The key of the owner; raises KeyDestroyed once erased and KeyMissing where there never was one."""
    load([owner])
    try:
        secret = ring().keys[owner]
    except KeyError:
        raise KeyMissing(owner) from None
    if secret is None:
        raise KeyDestroyed(owner)
    return secret


def secret_for_sealing(owner: UUID) -> Secret:
    """The key of the owner, made at first use; raises KeyDestroyed once erased."""
    prepare([owner])
    return secret_for_reading(owner)


def is_destroyed(owner: UUID) -> bool:
    load([owner])
    return ring().keys.get(owner, ...) is None


def destroy(owner: UUID, *, now: dt.datetime) -> None:
    """Make everything sealed for the owner unreadable, at once and for ever; no key can be made again.

    Other processes forget the key at their next request or task, at the latest after SECONDS_KEPT.
    """
    with transaction.atomic(using=KEYS, durable=True):
        _row, made = DataKey.objects.get_or_create(
            owner=owner, defaults={"master_version": 0, "wrapped": None, "destroyed_at": now}
        )
        if not made:
            DataKey.objects.filter(owner=owner, destroyed_at=None).update(wrapped=None, destroyed_at=now)
    for known in list(_rings):
        known.keys[owner] = None


def index_keys() -> dict[int, Secret]:
    """The live generations of the blind index key; none before anything was indexed."""
    known = ring().index_keys
    if not known:
        known |= {row.generation: _unwrap(row) for row in IndexKey.objects.all()}
    return known


def newest_index_key() -> Secret:
    """The key that indexes what is written now, made at first use."""
    if not index_keys():
        make_index_key(1)
    known = index_keys()
    return known[max(known)]


def make_index_key(generation: int) -> None:
    with transaction.atomic(using=KEYS, durable=True):
        row = IndexKey(generation=generation, master_version=masterkey.current())
        _new(row)
        IndexKey.objects.bulk_create([row], ignore_conflicts=True)
    ring().index_keys.clear()
