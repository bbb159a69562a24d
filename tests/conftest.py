"""Real servers for the suite: one embedded PostgreSQL, a migrated template, a copy of it per worker."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql

from lawcrm import access, engines
from lawcrm.db.provision import prepare

ROOT = Path(__file__).resolve().parents[1]
MIGRATIONS = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "*/migrations/*.sql",
    "*/*/migrations/*.sql",
    "lawcrm/db/*.py",
    "lawcrm/accounts/roles.py",
    "deadlines/engine/published.py",
)
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ALIASES = {"default": "lawcrm", "keys": "lawcrm_keys"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests may use both databases; the keys' one is never far from a sealed field.

    Those without any go first, while the template is made; pytest-django, which has sorted before, puts them last.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is not None and "databases" not in marker.kwargs:
            item.add_marker(pytest.mark.django_db(*marker.args, **marker.kwargs, databases="__all__"), append=False)
    items.sort(key=lambda item: item.get_closest_marker("django_db") is not None)


def pytest_sessionstart(session: pytest.Session) -> None:
    """The template is made beside the tests that need no database."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        threading.Thread(target=make_template).start()


def make_template() -> None:
    engines.start_postgres()
    ensure_template()


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in MIGRATIONS for path in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def superuser(statement: str, *names: str) -> None:
    with psycopg.connect(engines.superuser_url(), autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def urls(alias: str, database: str) -> dict[str, str]:
    prefix = "KEYS_" if alias == "keys" else ""
    return {
        f"{prefix}DATABASE_URL": engines.url(database, "lawcrm_app"),
        f"{prefix}DATABASE_OWNER_URL": engines.url(database, "lawcrm_owner"),
    }


def ensure_template() -> dict[str, str]:
    """A migrated database per alias, made once per state of the migrations."""
    names = {alias: f"template_{name}_{fingerprint()}" for alias, name in ALIASES.items()}
    note = engines.state_dir() / f"template-{fingerprint()}"
    with (engines.state_dir() / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if note.exists():
            return names
        environment = dict(os.environ)
        for alias, name in names.items():
            superuser("drop database if exists {} with (force)", name)
            prepare(engines.superuser_url(), engines.url(name, "lawcrm_owner"), engines.url(name, "lawcrm_app"))
            environment |= urls(alias, name)
        subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "--verbosity=0"], env=environment, check=True)  # noqa: S603
        note.touch()
    return names


def copy_template(alias: str) -> None:
    target = str(connections[alias].settings_dict["NAME"])
    connections[alias].close()
    superuser("drop database if exists {} with (force)", target)
    superuser("create database {} template {} strategy file_copy", target, ensure_template()[alias])


@pytest.fixture(scope="session")
def django_db_setup(worker_id: str) -> Iterator[None]:
    engines.start_postgres()
    for alias, name in ALIASES.items():
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = f"test_{name}_{worker_id}"
        copy_template(alias)
    yield
    for alias in ALIASES:
        connections[alias].close()
        superuser("drop database if exists {} with (force)", str(connections[alias].settings_dict["NAME"]))


def start_afresh(_case: TransactionTestCase) -> None:
    """After a test with real transactions: a new copy, because the application's role may not truncate."""
    for alias in ALIASES:
        copy_template(alias)


TransactionTestCase._fixture_teardown = start_afresh


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """No test finds the files of another."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.ERASURE_LEDGER = tmp_path / "erasure-ledger.jsonl"


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    """No test goes on with a data key whose row went with the test before."""
    from lawcrm.crypto import keyring

    with keyring.fresh():
        yield


@pytest.fixture
def system() -> Iterator[access.Viewer]:
    with access.as_system("test") as viewer:
        yield viewer


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser per process, because Playwright's event loop may run only once in a thread."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        message = "Chromium is missing: browser tests need it (Debian: apt-get install chromium)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    # That loop makes Django believe that the tests after it are asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session", autouse=True)
def valkey() -> Iterator[str]:
    """The address of a running Valkey; without one every queued message would wait for a broker."""
    server = engines.start_valkey()
    yield engines.valkey_url()
    if server is not None:
        server.terminate()
        server.wait()
