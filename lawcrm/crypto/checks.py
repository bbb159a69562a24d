"""Refusing to start with missing or wrong keys, in words that say what to do."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections

from lawcrm.crypto import masterkey
from lawcrm.crypto.errors import CryptoUnusable
from lawcrm.crypto.models import MasterKey
from lawcrm.crypto.rotation import versions_needed
from lawcrm.crypto.router import KEYS


@register(Tags.security)
def master_keys_are_sound(**_kwargs: Any) -> list[CheckMessage]:
    try:
        masterkey.configured()
    except CryptoUnusable as reason:
        return [Error(str(reason), id="crypto.E001")]
    return []


@register(Tags.security, deploy=True)
def master_keys_fit(**_kwargs: Any) -> list[CheckMessage]:
    return [Error(reason, id="crypto.E002") for reason in faults()]


@register(Tags.database)
def master_keys_fit_the_database(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    return [Error(reason, id="crypto.E002") for reason in faults()] if KEYS in (databases or ()) else []


def ensure_usable() -> None:
    """Raise CryptoUnusable unless every key that existing data needs is there and right; before serving."""
    found = list(faults())
    if not connections[KEYS].in_atomic_block:
        connections[KEYS].close()  # a server that forks after this must not share it
    if found:
        raise CryptoUnusable("\n".join(["LawCRM does not start without its keys:", *found]))


def faults() -> Iterator[str]:
    try:
        masterkey.configured()
        yield from _faults_in_database()
    except CryptoUnusable as reason:
        yield str(reason)
    except DatabaseError:
        yield "The keys database cannot be read; check KEYS_DATABASE_URL and that its server runs."


def _faults_in_database() -> Iterator[str]:
    if MasterKey._meta.db_table not in connections[KEYS].introspection.table_names():
        return  # before the first migration there is nothing to lose
    needed = versions_needed()
    recorded = {row.version: row for row in MasterKey.objects.all()}
    in_use = {max(recorded)} if recorded else set()
    for version in sorted(needed | in_use):
        try:
            if version in recorded:
                masterkey.refuse_wrong(recorded[version])
            else:
                masterkey.key(version)
        except CryptoUnusable as reason:
            yield str(reason)
