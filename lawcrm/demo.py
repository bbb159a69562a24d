"""A whole firm on one machine: servers, web, worker, beat and mail sink under one supervisor."""

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.error import HTTPError, URLError

from lawcrm import engines

# The made-up people of the demo firm sign in with this; `make demo` prints it.
PASSWORD = "harbour lamp quiet 41"  # noqa: S105
ROOT = Path(__file__).resolve().parents[1]
MANAGE = ROOT / "manage.py"
PATIENCE = 60
GRACE = 10
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG, <sys/prctl.h>
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GIVEN_TOGETHER = ("DATABASE_URL", "DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL")


class DemoFailed(RuntimeError):
    """The demo cannot start or go on; the words are for the terminal."""


@dataclass
class Child:
    """A process of the demo and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


@dataclass
class Supervisor:
    """Starts children, notices when one dies, stops them all."""

    environment: dict[str, str]
    logs: Path = field(default_factory=lambda: engines.state_dir() / "logs")
    children: list[Child] = field(default_factory=list)

    def start(self, name: str, *command: str) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread runs while children are started
            )
        self.children.append(Child(name, process, log))

    def refuse_the_dead(self) -> None:
        for child in self.children:
            if (code := child.process.poll()) is not None:
                raise DemoFailed(f"{child.name} ended with code {code}; its last lines:\n{child.last_lines()}")

    def watch(self) -> None:
        while True:
            self.refuse_the_dead()
            time.sleep(0.25)

    def stop(self) -> None:
        for child in self.children:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + GRACE
        for child in self.children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()


def die_with_parent() -> None:
    """Runs in the child: no process is left behind even when the demo is killed outright (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGTERM)


def stop_on_signals() -> None:
    """Ctrl-C, SIGTERM and a closed terminal all interrupt once; further ones wait for the clean end."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise KeyboardInterrupt

    for number in STOPPING:
        signal.signal(number, interrupt)


def ignore_signals() -> None:
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def only_one() -> Iterator[IO[str]]:
    """Hold the demo's lock; the file tells a second start where the first one runs."""
    note = engines.state_dir() / "demo.lock"
    note.parent.mkdir(parents=True, exist_ok=True)
    with note.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise DemoFailed(f"A demo already runs at {lock.read() or 'an address it has not printed yet'}.") from None
        lock.truncate(0)
        yield lock


def free_port(wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 100):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise DemoFailed(f"No free port between {wanted} and {wanted + 99}; try --port.")


def start_afresh(arguments: list[str]) -> None:
    """Wipe the state and begin again as a new process, which finds no server running."""
    with only_one():
        engines.stop_valkey()
        if not engines.given("DATABASE_URL"):
            engines.stop_postgres()
        shutil.rmtree(engines.state_dir())
    os.execv(sys.executable, [sys.executable, str(MANAGE), "demo", *arguments])  # noqa: S606


def check_given_servers() -> None:
    """A database of one's own comes with its owner and the keys' database, or not at all."""
    given = [name for name in GIVEN_TOGETHER if engines.given(name)]
    if given and len(given) < len(GIVEN_TOGETHER):
        missing = ", ".join(name for name in GIVEN_TOGETHER if name not in given)
        raise DemoFailed(f"{given[0]} is given, so these are needed too: {missing}.")


def run(port: int, prepare: Callable[[], bool], announce: Callable[[str], None]) -> None:
    """Start everything, announce the address, and stop everything when told or when a part dies."""
    check_given_servers()
    stop_on_signals()
    with only_one() as lock:
        address = f"http://localhost:{free_port(port)}"
        smtp_port = str(free_port(engines.SMTP_SINK_PORT))
        supervisor = Supervisor(
            {
                "DJANGO_SETTINGS_MODULE": "lawcrm.settings.demo",
                "SITE_URL": address,
                "LAWCRM_SMTP_PORT": smtp_port,
                "PYTHONUNBUFFERED": "1",
            }
        )
        try:
            engines.start_valkey()
            start_children(supervisor, address.rsplit(":", 1)[-1], with_sink=prepare())
            wait_for_web(supervisor, address)
            lock.write(address)
            lock.flush()
            announce(address)
            supervisor.watch()
        except KeyboardInterrupt:
            pass
        finally:
            ignore_signals()
            supervisor.stop()
            engines.stop_valkey()


def start_children(supervisor: Supervisor, port: str, *, with_sink: bool) -> None:
    if with_sink:
        supervisor.start("mail sink", str(MANAGE), "mail_sink")
    supervisor.start(
        "web",
        *("-m", "gunicorn", "lawcrm.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "5"),
    )
    celery = ("-m", "celery", "-A", "lawcrm")
    supervisor.start("worker", *celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle")
    supervisor.start("beat", *celery, "beat", "--schedule", str(engines.state_dir() / "beat"), "--pidfile", "")


def wait_for_web(supervisor: Supervisor, address: str) -> None:
    """Any answer counts, also an error page: the rest is for the person who looks."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        supervisor.refuse_the_dead()
        try:
            urllib.request.urlopen(address.replace("localhost", "127.0.0.1"), timeout=10).close()  # noqa: S310
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise DemoFailed(f"web did not answer within {PATIENCE} seconds; see {supervisor.logs / 'web.log'}")
