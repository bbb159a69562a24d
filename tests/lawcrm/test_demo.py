"""The demo: one command starts a firm, keeps its data, and leaves nothing behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lawcrm import demo
from tests.ports import free_port
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL", "REDIS_URL")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAWCRM_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def supervisor(state: Path) -> Iterator[demo.Supervisor]:
    supervisor = demo.Supervisor({}, logs=state / "logs")
    yield supervisor
    supervisor.stop()


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert demo.free_port(taken.getsockname()[1]) > taken.getsockname()[1]


def test_a_second_demo_on_the_same_state_is_told_where_the_first_one_runs(state: Path) -> None:
    with demo.only_one() as lock:
        lock.write("http://localhost:8000")
        lock.flush()
        with pytest.raises(demo.DemoFailed, match=r"already runs at http://localhost:8000"), demo.only_one():
            pass
    with demo.only_one():
        pass


def test_a_given_database_without_its_owner_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NOT_OURS:
        monkeypatch.delenv(name, raising=False)
    demo.check_given_servers()
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/lawcrm")
    with pytest.raises(demo.DemoFailed, match="DATABASE_OWNER_URL, KEYS_DATABASE_URL, KEYS_DATABASE_OWNER_URL"):
        demo.check_given_servers()


def test_a_part_that_dies_is_named_with_its_last_words(supervisor: demo.Supervisor) -> None:
    supervisor.start("sleeper", "-c", "import time; time.sleep(60)")
    supervisor.start("worker", "-c", "print('no broker'); raise SystemExit(3)")
    with pytest.raises(demo.DemoFailed, match=r"worker ended with code 3; its last lines:\nno broker"):
        supervisor.watch()
    supervisor.stop()
    assert [child.process.poll() for child in supervisor.children] == [-signal.SIGTERM, 3]


def test_a_part_that_will_not_stop_is_killed(supervisor: demo.Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "GRACE", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    supervisor.start("deaf", "-u", "-c", deaf)
    while supervisor.children[0].last_lines() != "up":
        time.sleep(0.01)
    supervisor.stop()
    assert supervisor.children[0].process.returncode == -signal.SIGKILL


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that PostgreSQL's own user can reach, which pytest's are not once another session starts."""
    folder = Path(tempfile.mkdtemp(prefix="lawcrm-test-"))
    yield folder
    shutil.rmtree(folder)


def processes_of(state: Path) -> list[str]:
    """Command lines of all processes that were given this state."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"LAWCRM_STATE={state}\0".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


class RunningDemo:
    """`manage.py demo` as a person starts it."""

    def __init__(self, state: Path, *arguments: str) -> None:
        environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS}
        environment |= {"LAWCRM_STATE": str(state), "DJANGO_SETTINGS_MODULE": "lawcrm.settings.demo"}
        self.output = state.parent / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, ROOT / "manage.py", "demo", "--port", str(free_port()), *arguments],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for_address(self) -> str:
        until = time.monotonic() + PATIENCE
        while "Ctrl-C stops it" not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < until, self.output.read_text()
            time.sleep(0.1)
        return next(word for word in self.output.read_text().split() if word.startswith("http://"))

    def stop(self, number: signal.Signals) -> int:
        os.killpg(self.process.pid, number)
        return self.process.wait(PATIENCE)


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(f"{address}/", timeout=60) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


@pytest.mark.proof
def test_it_starts_stops_cleanly_keeps_its_data_and_starts_afresh_when_asked(place: Path) -> None:
    state = place / "state"
    first = RunningDemo(state)
    assert status(first.wait_for_address()) < 500
    assert processes_of(state) != []
    assert first.stop(signal.SIGINT) == 0
    assert processes_of(state) == []
    assert "Traceback" not in first.output.read_text()

    (state / "kept").touch()
    second = RunningDemo(state)
    second.wait_for_address()
    assert second.stop(signal.SIGTERM) == 0
    assert (processes_of(state), (state / "kept").exists()) == ([], True)

    third = RunningDemo(state, "--fresh")
    third.wait_for_address()
    assert not (state / "kept").exists()
    assert third.stop(signal.SIGINT) == 0, third.output.read_text()
    assert processes_of(state) == []


@pytest.mark.proof
def test_a_stranger_s_clone_runs_with_nothing_of_ours_around_it(place: Path) -> None:
    """Only what is committed, only a system Python, only what the lock installs without the test group."""
    clone = place / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)  # noqa: S603, S607
    python = Path(sys.base_prefix) / "bin"
    environment = {"PATH": f"{python}:/usr/bin:/bin", "HOME": str(place)}
    environment |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    output = place / "output"
    with output.open("w") as out:
        make = subprocess.Popen(  # noqa: S603
            ["make", "demo", f"ARGS=--port {free_port()}"],  # noqa: S607
            cwd=clone,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    until = time.monotonic() + 2 * PATIENCE
    while "Ctrl-C stops it" not in output.read_text() and make.poll() is None and time.monotonic() < until:
        time.sleep(0.5)
    time.sleep(10)  # worker and beat need their imports too
    still_there = make.poll() is None
    os.killpg(make.pid, signal.SIGINT)
    make.wait(PATIENCE)
    assert still_there, output.read_text()
    assert "Traceback" not in output.read_text()
