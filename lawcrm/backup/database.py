"""Dumping and loading a database with PostgreSQL's own programs, without plain text on disk."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from lawcrm import engines

ALIASES = ("default", "keys")
# pg_dump's `row_security = off` makes it fail rather than leave rows out, should the owner ever be bound by a policy.
DUMP = ("--format=custom", "--no-comments", "--no-publications", "--no-subscriptions")
LOAD = ("--exit-on-error", "--single-transaction", "--no-comments")


class ProgramFailed(RuntimeError):
    """pg_dump or pg_restore ended with an error; its words name tables, not rows."""

    def __init__(self, program: str, words: str) -> None:
        lines = [line for line in words.splitlines() if "error:" in line]
        super().__init__(f"{program} failed: {' '.join(lines)[:500]}")


def owner_url(alias: str, database: str = "") -> str:
    """The owner's address of the alias, in the database now in use or in another one."""
    name = database or str(connections[alias].settings_dict["NAME"])
    return make_conninfo(settings.OWNER_DATABASES[alias], dbname=name)


class Snapshot:
    """One moment of a database: what is counted and what is dumped agree."""

    def __init__(self, session: "psycopg.Connection[Any]", url: str) -> None:
        self._session, self._url = session, url
        row = session.execute("select pg_export_snapshot()").fetchone()
        self._name = row[0] if row else ""

    def rows(self) -> dict[str, int]:
        return counted(self._session)

    @contextmanager
    def dump(self) -> Iterator[IO[bytes]]:
        arguments = (*DUMP, f"--snapshot={self._name}")
        with _program("pg_dump", self._url, arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None  # noqa: S101
            yield process.stdout


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    with psycopg.connect(url) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.read_only = True
        yield Snapshot(session, url)


def counted(session: "psycopg.Connection[Any]") -> dict[str, int]:
    """Rows of every table; the owner is not bound by row-level security."""
    found: dict[str, int] = {}
    for table in tables(session):
        row = session.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
        found[table] = row[0] if row else 0
    return found


def tables(session: "psycopg.Connection[Any]") -> list[str]:
    rows = session.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
    return [name for (name,) in rows]


@contextmanager
def load(url: str) -> Iterator[IO[bytes]]:
    """Where to write a dump to; in one transaction, so that a broken one leaves nothing."""
    with _program("pg_restore", url, LOAD, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101
        yield process.stdin
        process.stdin.close()


@contextmanager
def listing() -> Iterator[IO[bytes]]:
    """Where to write a dump to for reading all of it without a database."""
    with _program("pg_restore", "", ("--file=/dev/null",), stdin=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101
        yield process.stdin
        process.stdin.close()


@contextmanager
def _program(name: str, url: str, arguments: tuple[str, ...], **pipes: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program against the database; the password goes by environment, where `ps` does not show it."""
    parts: dict[str, Any] = conninfo_to_dict(url)
    environment = {**os.environ, "PGPASSWORD": str(parts.pop("password", ""))}
    target = (f"--dbname={make_conninfo(**parts)}",) if parts else ()
    command = [program_path(name), *arguments, *target]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, **pipes) as process:  # noqa: S603
        try:
            yield process
        except BrokenPipeError:  # it ended first and can say why
            _finish(name, process)
            raise
        except BaseException:
            process.kill()
            raise
        _finish(name, process)


def program_path(name: str) -> str:
    """POSTGRES_PROGRAMS names a folder with newer programs, or such as speak TLS, which the embedded ones do not."""
    folder = os.environ.get("POSTGRES_PROGRAMS")
    return f"{folder}/{name}" if folder else engines.program_path(name)


def _finish(name: str, process: "subprocess.Popen[bytes]") -> None:
    assert process.stderr is not None  # noqa: S101
    words = process.stderr.read().decode(errors="replace")
    if process.wait():
        raise ProgramFailed(name, words)
