"""The house that is broken: servers of its own, and processes forked from one that has everything loaded.

`python -m tests.deadlines.faults.house SMTP_PORT CLOCK_FILE` reads one JSON order a line and answers each with one.
A fork of a process that has read all code starts in milliseconds, so that it can be killed a hundred times.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from lawcrm import engines
from tests.deadlines.faults.clock import Clock

TICK = timedelta(seconds=0.4)


class House:
    def __init__(self) -> None:
        self.children: set[int] = set()
        self.codes: dict[int, int] = {}
        self.broker: subprocess.Popen[bytes] | None = None
        self.start_broker()

    def obey(self, order: dict[str, Any]) -> Any:
        return getattr(self, order.pop("do"))(**order)

    def database_url(self) -> str:
        return engines.url("lawcrm", "postgres")

    def fork(self, role: str, **facts: Any) -> int:
        from tests.deadlines.faults import roles

        pid = os.fork()
        if pid == 0:
            _become(getattr(roles, role), facts)
        self.children.add(pid)
        self.codes.pop(pid, None)
        return pid

    def kill(self, pid: int) -> None:
        """The process and whatever it has started; one that is not yet in a group of its own has started nothing."""
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if pid in self.children:
            self._note(pid, os.waitpid(pid, 0)[1])

    def code_of(self, pid: int) -> int | None:
        """What it ended with, if it has ended."""
        self._reap()
        return self.codes.get(pid)

    def fallen(self) -> list[int]:
        """All that have ended, by themselves or killed."""
        self._reap()
        return list(self.codes)

    def _reap(self) -> None:
        for pid in list(self.children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._note(pid, status)

    def _note(self, pid: int, status: int) -> None:
        self.children.discard(pid)
        self.codes[pid] = os.waitstatus_to_exitcode(status)

    def restart_database(self) -> None:
        """As after a crash of the server: nobody is asked to finish."""
        data = str(engines._data_dir())
        engines._run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop", check=False)
        engines._run("pg_ctl", "-D", data, "-w", "-l", f"{data}/log", "-o", engines._server_options(), "start")

    def start_broker(self) -> None:
        self.broker = engines.start_valkey()

    def kill_broker(self) -> None:
        assert self.broker is not None
        self.broker.kill()
        self.broker.wait()
        self.start_broker()

    def flush_broker(self) -> None:
        import redis

        with redis.Redis.from_url(engines.valkey_url()) as broker:
            broker.flushall()

    def close(self) -> None:
        for pid in list(self.children):
            self.kill(pid)
        if self.broker is not None:
            self.broker.kill()
            self.broker.wait()


def _become(role: Callable[..., None], facts: dict[str, Any]) -> None:
    """Never returns: what happens above this line belongs to the parent."""
    code = 1
    try:
        os.setsid()
        os.environ["PGAPPNAME"] = role.__name__
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        role(**facts)
        code = 0
    except SystemExit as ending:
        code = int(ending.code or 0) if isinstance(ending.code, int | None) else 1
    except BaseException:  # noqa: BLE001 - into the log, where the driver looks
        traceback.print_exc()
    finally:
        os._exit(code)


def load(smtp_port: int, clock: Clock) -> None:
    """Everything a worker, a beat or a request needs, and nothing that may not be shared: no connection."""
    django.setup()
    from django.conf import settings
    from django.urls import get_resolver
    from django.utils import timezone

    from lawcrm.celery import app
    from tests.deadlines.faults import roles
    from tests.lawcrm import mail_server

    settings.MAILERS = mail_server.options(smtp_port)
    timezone.now = clock.now
    app.loader.import_default_modules()
    app.finalize()
    app.conf.beat_schedule["tick"]["schedule"] = TICK
    assert roles
    assert get_resolver().url_patterns


def main() -> None:
    smtp_port, clock = int(sys.argv[1]), Clock(Path(sys.argv[2]))
    engines._make_own(engines._data_dir())
    engines.start_postgres()
    load(smtp_port, clock)
    house = House()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "close":
            break
        sys.stdout.write(json.dumps(house.obey(order)) + "\n")
        sys.stdout.flush()
    house.close()
    engines.stop_postgres()


if __name__ == "__main__":
    main()
