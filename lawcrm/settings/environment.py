"""Reading settings from the environment, secrets also from files named by `<NAME>_FILE`."""

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict


def text(name: str, default: str = "") -> str:
    """The value of NAME, or the content of the file NAME_FILE (container secrets)."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    return default if value is None else value.lower() in {"1", "true", "yes", "on"}


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """A Django database entry from a libpq URL (`postgresql://user@host:port/name?sslmode=…`)."""
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parts = conninfo_to_dict(url)
    entry: dict[str, Any] = {known[key]: str(value) for key, value in parts.items() if key in known}
    options = {key: value for key, value in parts.items() if key not in known}
    return {
        "ENGINE": "lawcrm.db",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c statement_timeout=60s", **options},
        **entry,
    }
