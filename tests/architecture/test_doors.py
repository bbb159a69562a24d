"""Nothing but the doors, and what runs servers and backups, opens the outside."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("lawcrm", "clients", "matters", "deadlines", "consent", "privacy")
OUTSIDE = (
    *("smtplib", "imaplib", "poplib", "ftplib", "telnetlib", "socket", "socketserver", "ssl"),
    *("http.client", "urllib.request", "requests", "httpx", "httpcore", "urllib3", "aiohttp", "aiosmtpd"),
    *("django.core.mail", "csv", "openpyxl", "xlsxwriter", "zipfile", "tarfile", "subprocess", "pty"),
    *("os.system", "os.popen", "shutil.unpack_archive", "asyncio.create_subprocess_exec"),
)
# What each of these files needs the outside for; everything else goes through a door.
ALLOWED = {
    "lawcrm/doors/safe_mail.py": {"smtplib", "ssl"},
    "lawcrm/doors/safe_fetch.py": {"http.client", "socket", "ssl"},
    "lawcrm/doors/safe_upload.py": {"zipfile"},
    "lawcrm/doors/safe_writer.py": {"csv"},
    "lawcrm/engines.py": {"socket", "subprocess"},  # starts the embedded servers
    "lawcrm/demo.py": {"socket", "subprocess", "urllib.request"},  # supervises the demo on loopback
    "lawcrm/mail_sink.py": {"aiosmtpd"},  # the demo's mail server on loopback
    **{f"lawcrm/backup/{name}.py": {"tarfile"} for name in ("making", "restoring", "verifying")},  # its own archives
    "lawcrm/scan.py": {"zipfile"},  # looks into documents the firm keeps
    "lawcrm/backup/database.py": {"subprocess"},  # pg_dump and pg_restore
}


def opened(source: str) -> set[str]:
    """The modules of OUTSIDE a file imports, by statement, by name or as an attribute."""
    return {
        name for used in _used(ast.parse(source)) for name in OUTSIDE if used == name or used.startswith(f"{name}.")
    }


def _used(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Call(args=[ast.Constant(value=str(name)), *_]) if _callee(node) in {"import_module", "__import__"}:
                yield name
            case ast.Attribute(value=ast.Name(id=left), attr=right):
                yield f"{left}.{right}" if left in {"os", "shutil", "asyncio"} else ""


def _callee(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def files() -> list[Path]:
    found = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    assert len(found) > 50
    return found


def test_only_the_doors_open_the_outside() -> None:
    strangers = {
        name: sorted(extra)
        for path in files()
        if (extra := opened(path.read_text()) - ALLOWED.get(name := str(path.relative_to(ROOT)), set()))
    }
    assert strangers == {}


def test_nothing_is_allowed_that_is_not_needed() -> None:
    needed = {name: opened((ROOT / name).read_text()) for name in ALLOWED}
    assert needed == ALLOWED


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("import smtplib", {"smtplib"}),
        ("import urllib.request as u", {"urllib.request"}),
        ("from urllib import request", {"urllib.request"}),
        ("from http import client", {"http.client"}),
        ("from django.core import mail", {"django.core.mail"}),
        ("from django.core.mail import send_mail", {"django.core.mail"}),
        ("import django.core.mail.backends.smtp", {"django.core.mail"}),
        ("def f():\n    import csv\n    csv.writer", {"csv"}),
        ("from zipfile import ZipFile", {"zipfile"}),
        ("import os\nos.system('x')", {"os.system"}),
        ("from os import popen", {"os.popen"}),
        ("import shutil\nshutil.unpack_archive('x')", {"shutil.unpack_archive"}),
        ("import importlib\nimportlib.import_module('requests')", {"requests"}),
        ("__import__('socket')", {"socket"}),
        ("if True:\n    from subprocess import run", {"subprocess"}),
        ("import urllib.parse\nfrom http import HTTPStatus\nfrom lawcrm.doors import safe_mail\nimport os", set()),
    ],
)
def test_a_planted_opening_is_found(planted: str, found: set[str]) -> None:
    assert opened(planted) == found
