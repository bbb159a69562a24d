"""Keeps the keys' tables, and nothing else, in the keys database."""

from typing import Any

KEYS = "keys"


class KeysApart:
    """Models of the crypto app live in `keys`, everything else in `default`."""

    def db_for_read(self, model: Any, **_hints: object) -> str | None:
        return KEYS if model._meta.app_label == "crypto" else None

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **_hints: object) -> bool | None:
        return one._meta.app_label == other._meta.app_label or None

    def allow_migrate(self, db: str, app_label: str, **_hints: object) -> bool:
        return (db == KEYS) == (app_label == "crypto")
