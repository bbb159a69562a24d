"""Production settings: refused with every reason at once when incomplete, strict when complete."""

import base64
import json
import logging
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from guardian.backends import ObjectPermissionBackend

from lawcrm import engines
from lawcrm.accounts.backends import GrantBackend
from lawcrm.accounts.models import User
from lawcrm.logs import JsonFormatter
from lawcrm.proxy import ClientAddress

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import json
from django.conf import settings
names = ["DEBUG", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_SSL_REDIRECT", "ALLOWED_HOSTS", "SITE_URL", "OWNER_DATABASES", "MAILERS"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""

TOKEN = "WyI0NTUzMWZlODllZWQ0YzJiYWIyN2NkZmM4ZTBk:1xUt"
UUID = "7e5f0000-0000-4000-8000-000000000001"

type Start = Callable[..., "subprocess.CompletedProcess[str]"]


def complete(folder: Path) -> dict[str, str]:
    (folder / "secret").write_text(secrets.token_urlsafe(64) + "\n")
    (folder / "master").write_text(json.dumps({"1": base64.b64encode(secrets.token_bytes(32)).decode()}))
    return {
        "SECRET_KEY_FILE": str(folder / "secret"),
        "MASTER_KEY_FILE": str(folder / "master"),
        "ALLOWED_HOSTS": "crm.firm.example",
        "SITE_URL": "https://crm.firm.example",
        "DATABASE_URL": "postgresql://lawcrm_app@db/lawcrm",
        "KEYS_DATABASE_URL": "postgresql://lawcrm_app@keys/lawcrm_keys",
        "REDIS_URL": "redis://valkey/0",
        "SMTP_HOST": "mail.firm.example",
        "SMTP_PASSWORD": "between mail server and us",
        "MAIL_FROM": "crm@firm.example",
    }


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def started(program: str = SHOW, *words: str, **changes: str | None) -> "subprocess.CompletedProcess[str]":
        given = {**complete(tmp_path), **changes, "DJANGO_SETTINGS_MODULE": "lawcrm.settings.production"}
        environment = {name: value for name, value in given.items() if value is not None}
        environment |= {"PATH": os.environ["PATH"], "LAWCRM_STATE": str(tmp_path / "state")}
        return subprocess.run(  # noqa: S603
            [sys.executable, "-c", program, *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return started


def test_complete_settings_start_and_are_strict(start: Start) -> None:
    done = start()
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown.pop("MAILERS")["default"]["OPTIONS"] == {
        "host": "mail.firm.example",
        "port": 587,
        "username": "",
        "password": "between mail server and us",
        "use_tls": True,
        "use_ssl": False,
        "timeout": 15,
    }
    assert shown == {
        "DEBUG": False,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_SSL_REDIRECT": True,
        "ALLOWED_HOSTS": ["crm.firm.example"],
        "SITE_URL": "https://crm.firm.example",
        "OWNER_DATABASES": {"default": "", "keys": ""},
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY_FILE": None}, "SECRET_KEY is missing"),
        ({"SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE names /nowhere, which is empty or cannot be read"),
        ({"SECRET_KEY_FILE": None, "SECRET_KEY": "short-but-random-8Hq2"}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY_FILE": None, "SECRET_KEY": "ab" * 40}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY_FILE": None, "SECRET_KEY": "django-insecure-" + "8Hq2kLmZ0pXw" * 6}, "SECRET_KEY looks like"),
        ({"MASTER_KEY_FILE": None}, "MASTER_KEY_FILE is missing"),
        ({"MASTER_KEY_FILE": "/nowhere"}, "MASTER_KEY_FILE names /nowhere, which cannot be read"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS is missing"),
        ({"ALLOWED_HOSTS": "*,crm.firm.example"}, "ALLOWED_HOSTS must name hosts"),
        ({"ALLOWED_HOSTS": "other.example"}, "SITE_URL names a host that ALLOWED_HOSTS does not"),
        ({"SITE_URL": None}, "SITE_URL is missing"),
        ({"SITE_URL": "http://crm.firm.example"}, "SITE_URL must start with https"),
        ({"DATABASE_URL": None}, "DATABASE_URL is missing"),
        ({"DATABASE_URL": "nonsense=1"}, "DATABASE_URL or DATABASE_OWNER_URL is not a PostgreSQL address"),
        ({"DATABASE_OWNER_URL": "postgresql://lawcrm_app@db/lawcrm"}, "DATABASE_URL signs in as the owner"),
        ({"KEYS_DATABASE_URL": None}, "KEYS_DATABASE_URL is missing"),
        ({"REDIS_URL": None}, "REDIS_URL is missing"),
        ({"SMTP_HOST": None}, "SMTP_HOST is missing"),
        ({"MAIL_FROM": None}, "MAIL_FROM is missing"),
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"DJANGO_DEBUG": "true"}, "DJANGO_DEBUG is on"),
    ],
)
def test_what_is_wrong_is_named(start: Start, changes: dict[str, str | None], words: str) -> None:
    done = start(**changes)
    assert done.returncode == 1
    assert f"\n  - {words}" in done.stderr
    assert done.stderr.count("\n  - ") == 1


def test_a_master_key_that_is_none_is_not_shown(start: Start, tmp_path: Path) -> None:
    complete(tmp_path)
    (tmp_path / "nonsense").write_text('{"1": "c2hvcnQ="}')
    done = start(MASTER_KEY_FILE=str(tmp_path / "nonsense"))
    assert "MASTER_KEY_FILE holds no usable key" in done.stderr
    assert "c2hvcnQ" not in done.stderr


def test_everything_wrong_is_told_at_once_and_nothing_is_touched(start: Start, tmp_path: Path) -> None:
    done = start(DEBUG="1", SECRET_KEY_FILE=None, ALLOWED_HOSTS=None, SITE_URL=None, REDIS_URL=None)
    assert done.stderr.count("\n  - ") == 5
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("command", ["migrate", "backup", "restore"])
def test_only_commands_of_the_owner_ask_for_the_owner(start: Start, command: str) -> None:
    done = start(SHOW, command)
    assert "DATABASE_OWNER_URL is missing" in done.stderr
    assert "KEYS_DATABASE_OWNER_URL is missing" in done.stderr


@pytest.mark.django_db
def test_a_deployment_passes_django_s_own_check(start: Start) -> None:
    """With the warnings as errors; the database is asked because generated columns depend on its version."""
    manage = "import sys; from django.core.management import execute_from_command_line as run; run(sys.argv)"
    from django.db import connections

    urls = {
        "DATABASE_URL": engines.url(str(connections["default"].settings_dict["NAME"]), "lawcrm_app"),
        "KEYS_DATABASE_URL": engines.url(str(connections["keys"].settings_dict["NAME"]), "lawcrm_app"),
    }
    done = start(manage, "check", "--deploy", "--fail-level", "WARNING", **urls)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (1 silenced).\n"), done.stderr


def test_the_only_warning_silenced_is_the_one_our_grants_answer(start: Start) -> None:
    """Guardian asks whether its backend is hooked, by name; ours is hooked in its place and is one of its kind."""
    asked = "from django.conf import settings; print(settings.SILENCED_SYSTEM_CHECKS, settings.AUTHENTICATION_BACKENDS)"
    backends = [f"lawcrm.accounts.backends.{name}" for name in ("WallBackend", "RoleBackend", "GrantBackend")]
    done = start(asked)
    assert done.stdout == f"{['guardian.W001']} {backends}\n", done.stderr
    assert issubclass(GrantBackend, ObjectPermissionBackend)


def test_addresses_in_secret_files_keep_the_embedded_servers_away(start: Start, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://lawcrm_app@127.0.0.1:9/lawcrm")
    files = {"DATABASE_URL": None, "DATABASE_URL_FILE": str(tmp_path / "url"), "REDIS_URL": None}
    join = "from lawcrm import engines; engines.join(['manage.py', 'check']); print(engines.start_valkey())"
    done = start(join, **files, REDIS_URL_FILE=str(tmp_path / "url"))
    assert (done.stdout, (tmp_path / "state").exists()) == ("None\n", False), done.stderr


@pytest.mark.django_db
def test_static_files_are_complete_and_hashed(start: Start, tmp_path: Path) -> None:
    """A style sheet that names a missing picture fails here, not in production."""
    collect = "import sys; from django.core.management import execute_from_command_line as run; run(sys.argv)"
    done = start(collect, "collectstatic", "--no-input", STATIC_ROOT=str(tmp_path / "static"))
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "static" / "staticfiles.json").read_text())
    assert all((tmp_path / "static" / hashed).is_file() for hashed in manifest["paths"].values())
    assert any((tmp_path / "static").rglob("*.css.gz"))


def log_line(message: str, *arguments: object, error: BaseException | None = None, **extra: Any) -> dict[str, Any]:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, arguments, exc_info)
    record.__dict__.update(extra)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        ("GET /contacts/?q=Ulfsdotter&page=2 200", "GET /contacts/?[masked] 200"),
        ("Invalid login of ane.holm@firm.example", "Invalid login of [address]"),
        ("To: <a@b.example>, c+d@e.example", "To: <[address]>, [address]"),
        (f"Not Found: /sign-in/link/{TOKEN}/", "Not Found: /sign-in/link/[token]/"),
        (f"Not Found: /matters/{UUID}/", f"Not Found: /matters/{UUID}/"),
        ("Not Found: /matters/2026-0001/", "Not Found: /matters/2026-0001/"),
        ("name\nINFO forged line", "name\nINFO forged line"),
    ],
)
def test_a_log_line_carries_no_query_and_no_address(message: str, masked: str) -> None:
    assert log_line("%s", message)["message"] == masked


def test_an_error_of_a_library_is_logged_without_its_words() -> None:
    """As PostgreSQL quotes the row: Key (email)=(…) already exists."""
    try:
        int("Ulfsdotter")
    except ValueError as error:
        line = log_line("failed", error=error, request=type("R", (), {"request_id": "r1"}))
    assert (line["error"]["type"], line["error"]["says"], line["request_id"]) == ("ValueError", "", "r1")
    assert "Ulfsdotter" not in json.dumps(line)
    assert line["error"]["where"][0].endswith("test_an_error_of_a_library_is_logged_without_its_words")


def test_an_error_of_ours_is_logged_with_them() -> None:
    from lawcrm.crypto.errors import KeyMissing

    assert "no data key" in log_line("failed", error=KeyMissing(User().public_id))["error"]["says"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("172.30.0.2", "203.0.113.7", "203.0.113.7"),
        ("172.30.0.2", "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.9", "6.6.6.6", "203.0.113.9"),
        ("172.30.0.2", "", "172.30.0.2"),
    ],
)
def test_only_the_proxy_may_say_who_asks(settings: Any, peer: str, forwarded: str, seen: str) -> None:
    settings.TRUSTED_PROXIES = ["172.30.0.2"]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    ClientAddress(lambda _request: HttpResponse())(request)
    assert (request.META["REMOTE_ADDR"], "HTTP_X_FORWARDED_FOR" in request.META) == (seen, False)
