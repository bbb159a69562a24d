"""What a production deployment must be given, and what is wrong with what it was given."""

import os
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from lawcrm.crypto import keyfile
from lawcrm.crypto.errors import CryptoUnusable
from lawcrm.settings import environment as env

SECRET_KEY_LENGTH = 50
SECRET_KEY_VARIETY = 12
DEFAULT_LOOKING = ("insecure", "changeme", "change-me", "secret-key", "password", "example", "default")
ALWAYS = ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "KEYS_DATABASE_URL", "REDIS_URL")
MAIL = ("SMTP_HOST", "MAIL_FROM")
OWNERS = ("DATABASE_OWNER_URL", "KEYS_DATABASE_OWNER_URL")
# Web and workers must not be given the owner's password, so only these commands ask for it.
COMMANDS_OF_THE_OWNER = {"migrate", "prepare_database", "backup", "restore"}


def unmet() -> list[str]:
    """Every demand that is not met, each as a sentence that starts with the setting's name."""
    return [*_missing(), *_secret_key(), *_master_key(), *_addresses(), *_databases(), *_forbidden()]


def _value(name: str) -> str:
    """Empty when unset or unreadable; `_missing` says which of both."""
    try:
        return env.text(name)
    except (OSError, UnicodeDecodeError):
        return ""


def _missing() -> Iterator[str]:
    owners = OWNERS if set(sys.argv[1:2]) & COMMANDS_OF_THE_OWNER else ()
    for name in (*ALWAYS, *MAIL, *owners):
        if _value(name):
            continue
        if path := os.environ.get(f"{name}_FILE"):
            yield f"{name}_FILE names {path}, which is empty or cannot be read."
        else:
            yield f"{name} is missing (or {name}_FILE, the path of a file that holds it)."


def _secret_key() -> Iterator[str]:
    key = _value("SECRET_KEY")
    if not key:
        return
    if len(key) < SECRET_KEY_LENGTH or len(set(key)) < SECRET_KEY_VARIETY:
        yield f"SECRET_KEY is too weak: at least {SECRET_KEY_LENGTH} random characters."
    if any(word in key.lower() for word in DEFAULT_LOOKING):
        yield "SECRET_KEY looks like a default; make a random one."


def _master_key() -> Iterator[str]:
    path = os.environ.get("MASTER_KEY_FILE")
    if not path:
        yield "MASTER_KEY_FILE is missing; without the master key nothing sealed can be read."
        return
    try:
        keyfile.parse(env.text("MASTER_KEY"))
    except OSError:
        yield f"MASTER_KEY_FILE names {path}, which cannot be read."
    except (CryptoUnusable, UnicodeDecodeError) as reason:
        yield f"MASTER_KEY_FILE holds no usable key: {reason}"


def _addresses() -> Iterator[str]:
    hosts = env.words("ALLOWED_HOSTS")
    if "*" in hosts:
        yield "ALLOWED_HOSTS must name hosts; * lets anyone write the links in our mails."
    site = _value("SITE_URL")
    if not site:
        return
    if urlsplit(site).scheme != "https" or not urlsplit(site).hostname:
        yield "SITE_URL must start with https://."
    elif hosts and urlsplit(site).hostname not in hosts:
        yield "SITE_URL names a host that ALLOWED_HOSTS does not."


def _databases() -> Iterator[str]:
    for name in ("DATABASE", "KEYS_DATABASE"):
        try:
            app, owner = (conninfo_to_dict(_value(f"{name}{suffix}")) for suffix in ("_URL", "_OWNER_URL"))
        except ProgrammingError:
            yield f"{name}_URL or {name}_OWNER_URL is not a PostgreSQL address."
            continue
        if app.get("user") and app.get("user") == owner.get("user"):
            yield f"{name}_URL signs in as the owner of the tables, whom row-level security does not bind."


def _forbidden() -> Iterator[str]:
    for name in ("DEBUG", "DJANGO_DEBUG"):
        if env.flag(name):
            yield f"{name} is on; it shows settings and data to whoever meets an error."
