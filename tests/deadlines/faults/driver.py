"""Breaks the house in the order of the plan, sets it up again as an operator would, and lets it finish at last."""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from tests.deadlines.faults import gates, plan
from tests.deadlines.faults.clock import Clock
from tests.deadlines.faults.gates import Gate
from tests.lawcrm.mail_server import Post
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
NOT_OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL", "REDIS_URL")
PATIENCE = 300.0  # without any progress, on a machine much slower than a desk
HALF = 0.5
MOMENT = 20.0  # seconds within which a process comes to where it is to be hit
# What becomes of each mail, as the database committed it.
RECORDER = """
create table public.flight (id bigserial primary key, message bigint, before text, after text, reason text);
create function public.flight() returns trigger language plpgsql security definer as $$
begin
  insert into public.flight (message, before, after, reason) values (new.id, old.state, new.state, new.reason);
  return null;
end $$;
create trigger flight after update of state on lawcrm_outboxmessage for each row
  when (old.state is distinct from new.state) execute function public.flight();
"""
LEFT = """
select count(*) from deadlines_reminder r left join lawcrm_outboxmessage m
  on m.kind = 'deadlines.reminder' and m.thing_id = r.id
where r.state = 'waiting' and r.due_at <= %(now)s
   or r.state = 'handed' and (r.next_at <= %(now)s or r.next_at > %(now)s + interval '9 days')
   or m.state in ('queued', 'claimed', 'unconfirmed', 'failed')
"""
STANDSTILL = """
select pid, application_name, state, wait_event_type, wait_event, pg_blocking_pids(pid), clock_timestamp() - xact_start
from pg_stat_activity where backend_type = 'client backend'
"""


class Driver:
    def __init__(self, state: Path, post: Post, clock: Clock, seed: int) -> None:
        self.state, self.post, self.clock, self.chance = state, post, clock, plan.lot(seed)
        self.told, self.log = state.parent / "told", state.parent / "house.log"
        self.day: date = plan.ERAS[0][2].date()
        self.done: Counter[str] = Counter()
        self.struck: Counter[str] = Counter()  # of those that wait for a certain moment, how many met it
        self.running: dict[str, list[int]] = {"web": [], "worker": [], "beat": []}
        self.port = free_port()
        self.facts: dict[str, Any] = {}
        self._names = iter(range(10**9))

    @contextlib.contextmanager
    def house(self) -> Iterator[None]:
        environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS} | {
            "LAWCRM_STATE": str(self.state),
            "LAWCRM_DURABLE": "0",
            "OFFICE_CALENDAR": "dk",
            "DJANGO_SETTINGS_MODULE": "lawcrm.settings.test",
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "tests.deadlines.faults.house", str(self.post.port), str(self.clock.path)]
        pipe = subprocess.PIPE
        with (
            self.log.open("ab") as log,
            subprocess.Popen(command, env=environment, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=log, text=True) as run,  # noqa: S603
        ):
            self.process = run
            try:
                yield
            finally:
                with contextlib.suppress(BrokenPipeError):
                    self._say({"do": "close"})
                with contextlib.suppress(subprocess.TimeoutExpired):
                    run.wait(PATIENCE)
                run.kill()

    def _say(self, order: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def ask(self, do: str, **order: Any) -> Any:
        assert self.process.stdout is not None
        self._say({"do": do, **order})
        answers, _, _ = select.select([self.process.stdout], [], [], 2 * PATIENCE)
        answer = self.process.stdout.readline() if answers else ""
        assert answer, f"{do}: no answer\n{self.log.read_text()[-5000:]}"
        return json.loads(answer)

    def database(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.ask("database_url"), autocommit=True)

    def open_firm(self) -> None:
        facts = self.state.parent / "facts.json"
        assert self.finish("open_firm", facts=str(facts)) == 0, self.log.read_text()[-5000:]
        self.facts = json.loads(facts.read_text())
        with self.database() as server:
            server.execute(RECORDER)
            server.execute(gates.SETUP)

    def finish(self, role: str, **facts: Any) -> int:
        return self._code_of(self.ask("fork", role=role, **facts))

    def _code_of(self, pid: int, meanwhile: Callable[[], None] = lambda: None) -> int:
        until = time.monotonic() + PATIENCE
        while (code := self.ask("code_of", pid=pid)) is None:
            assert time.monotonic() < until, self.standstill()
            meanwhile()
            time.sleep(0.03)
        return int(code)

    def _answered(self, most: int) -> int:
        """People at their browsers until so many requests were answered; the servers are kept up for them."""
        return self._code_of(self.request(most=most), self.keep_up)

    def standstill(self) -> str:
        """Who waits for whom, and what was said last."""
        with self.database() as server:
            stand = [str(row) for row in server.execute(STANDSTILL).fetchall()]
        running = [f"{role}: {pids}, children {[*map(children_of, pids)]}" for role, pids in self.running.items()]
        return "\n".join([*running, *stand, self.log.read_text()[-5000:]])

    def keep_up(self, beats: int = 2) -> None:
        """As an operator's supervisor: whatever has fallen is started again; two beats stay."""
        fallen = set(self.ask("fallen"))
        for role, least in (("web", 1), ("worker", 1), ("beat", beats)):
            self.running[role] = [pid for pid in self.running[role] if pid not in fallen]
            while len(self.running[role]) < least:
                self.start(role)

    def start(self, role: str) -> None:
        facts: dict[str, dict[str, Any]] = {"web": {"port": self.port}, "worker": {"name": f"w{next(self._names)}"}}
        self.running[role].append(self.ask("fork", role=role, **facts.get(role, {})))

    def kill(self, role: str) -> None:
        pid = self.chance.choice(self.running[role])
        self.running[role].remove(pid)
        self.ask("kill", pid=pid)

    def request(self, **facts: Any) -> int:
        seed = self.chance.randrange(2**32)
        known = {"told": str(self.told), "port": self.port, "facts": self.facts, "seed": seed, "day": str(self.day)}
        return int(self.ask("fork", role="visitor", **known, **facts))

    def commit(self, kind: str) -> None:
        """One fault."""
        family, _space, detail = kind.partition(" ")
        if kind.startswith("across"):
            self.clock.set_to(
                max(self._special(kind) + timedelta(minutes=self.chance.randint(0, 20)), self.clock.now())
            )
        elif family == "smtp":
            self.post.modes.extend([detail] * self.chance.randint(1, 3))
        else:
            getattr(self, kind.replace(" ", "_"))()
        self.done[kind] += 1

    @staticmethod
    def _special(kind: str) -> Any:
        return next(moment for name, _start, moment in plan.ERAS if kind.endswith(name))

    def enter_era(self, kind: str) -> None:
        """The clock leaps ahead for months, and new deadlines are entered around the day that matters."""
        name, start, special = next(era for era in plan.ERAS if kind.endswith(era[0]))
        self.clock.set_to(start)
        self.day = (special + timedelta(hours=2)).date()
        assert self._answered(6) == 0, self.log.read_text()[-5000:]
        self.done[f"era: {name}"] += 1

    def kill_web(self) -> None:
        with self._visited():
            time.sleep(self.chance.uniform(0.1, 1.2))
            self._hit_web()
            time.sleep(self.chance.uniform(0, 0.6))

    @contextlib.contextmanager
    def _visited(self, **facts: Any) -> Iterator[None]:
        pid = self.request(**facts)
        yield
        self.ask("kill", pid=pid)

    def _hit_web(self) -> None:
        """The whole server, or all of its workers, which it starts again by itself."""
        if self.chance.random() < HALF:
            self.kill("web")
            return
        with contextlib.suppress(OSError):
            for child in children_of(self.running["web"][0]):
                os.kill(child, signal.SIGKILL)

    def kill_worker(self) -> None:
        self.kill("worker")

    def kill_web_as_it_enters(self) -> None:
        gate = self.chance.choice((Gate.ENTRY_MADE, Gate.ENTRY_COMMITS))
        with self.database() as server, gates.closed(server, gate) as waiting, self._visited(most=1):
            self._met("kill web as it enters", lambda: waiting("web") > 0)
            self._hit_web()

    def two_hand_over_at_once(self) -> None:
        """Beside the worker's own job; one of them may die half way."""
        with self.database() as server, gates.closed(server, Gate.MAIL_QUEUED) as waiting:
            self._answered(1)
            self.clock.move(timedelta(minutes=1))
            runs = [self.ask("fork", role="hand_over") for _each in range(2)]
            self._until(lambda: waiting("hand_over") + sum(self._has_ended(pid) for pid in runs) == len(runs))
            self._met("two hand over at once", lambda: waiting() > 0)
            for pid in self.chance.sample(runs, self.chance.randint(0, 1)):
                self.ask("kill", pid=pid)
        self._until(lambda: all(map(self._has_ended, runs)))

    def kill_worker_after_acceptance(self) -> None:
        """The server has the mail, and whoever handed it over dies before writing that down."""
        with self._sender("hang", "kill worker after acceptance"):
            pass

    def restart_database_after_acceptance(self) -> None:
        with self._sender("hang", "restart database after acceptance"):
            self.restart_database()

    def clock_months_ahead(self) -> None:
        """Until it is put right mails are refused, or cut off, or claimed by who dies with them."""
        mode = self.chance.choice(("rcpt-451", "drop-after", "hang"))
        with self._sender(mode, "clock months ahead", timedelta(days=self.chance.uniform(10, 90))):
            time.sleep(self.chance.uniform(0.2, 0.6))

    @contextlib.contextmanager
    def _sender(self, mode: str, kind: str, ahead: timedelta = timedelta(0)) -> Iterator[None]:
        """Has told the server of a mail, with this outcome; in the end all who send are killed."""
        with self.database() as server, gates.closed(server, Gate.MAIL_QUEUED):
            self._answered(1)  # something to be sent at once, if nothing else waits
            said, taken = self.post.dialogues, len(self.post.envelopes)
            self.post.modes.insert(0, mode)
        self.clock.move(timedelta(minutes=10))
        with self.clock.wrong(ahead):
            pid = self.ask("fork", role="send")
            self._met(kind, lambda: len(self.post.envelopes) > taken if mode == "hang" else self.post.dialogues > said)
            yield
        self.ask("kill", pid=pid)
        for _each in list(self.running["worker"]):
            self.kill("worker")

    def _has_ended(self, pid: int) -> bool:
        return self.ask("code_of", pid=pid) is not None

    def _met(self, kind: str, true: Callable[[], bool]) -> None:
        self.struck[kind] += self._until(true)

    @staticmethod
    def _until(true: Callable[[], bool]) -> bool:
        until = time.monotonic() + MOMENT
        while not (met := true()) and time.monotonic() < until:
            time.sleep(0.03)
        return met

    def kill_a_process_of_the_worker(self) -> None:
        worker = self.chance.choice(self.running["worker"])
        with contextlib.suppress(OSError, IndexError):
            os.kill(self.chance.choice(children_of(worker)), signal.SIGKILL)

    def kill_beat(self) -> None:
        self.kill("beat")

    def another_beat(self) -> None:
        self._one_more("beat", 3)

    def another_worker(self) -> None:
        self._one_more("worker", 2)

    def _one_more(self, role: str, most: int) -> None:
        if len(self.running[role]) >= most:
            self.kill(role)
        self.start(role)

    def flush_broker(self) -> None:
        self.ask("flush_broker")

    def kill_broker(self) -> None:
        self.ask("kill_broker")

    def restart_database(self) -> None:
        self.ask("restart_database")

    def cut_database_connections(self) -> None:
        with self.database() as server:
            server.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where usename = 'lawcrm_app' and pid <> pg_backend_pid()"
            )

    def clock_ahead(self) -> None:
        self.clock.move(timedelta(hours=self.chance.uniform(1, 14)))

    def clock_back(self) -> None:
        self.clock.move(-timedelta(minutes=self.chance.uniform(1, 90)))

    def nothing_but_time(self) -> None:
        self.clock.move(timedelta(hours=1))

    def run(self, faults: list[str]) -> None:
        for number, kind in enumerate(faults):
            self.keep_up()
            if kind.startswith("era"):
                self.enter_era(kind)
            else:
                self.clock.move(plan.pace(self.chance))
                self.commit(kind)
            time.sleep(self.chance.uniform(0.05, 0.5))
            if number % 40 == 39:
                self.finish("resend", partner=self.facts["partner"])

    def come_to_rest(self) -> None:
        """No more faults: everything runs, the clock goes on past its latest, a person settles what waits for one."""
        self.post.modes.clear()
        self.clock.set_to(self.clock.latest() + timedelta(hours=1))
        least, since = sys.maxsize, time.monotonic()
        while left := self.left():
            if left < least:
                least, since = left, time.monotonic()
            if time.monotonic() - since > PATIENCE:
                return  # the verdict says what is left
            self.keep_up()
            self.finish("resend", partner=self.facts["partner"])
            self.clock.move(timedelta(minutes=30))
            time.sleep(1)

    def left(self) -> int:
        with self.database() as server:
            row = server.execute(LEFT, {"now": self.clock.now()}).fetchone()
        assert row is not None
        return int(row[0])


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # it has just ended
        return []


def fresh_state(state: Path, template: Path, migrate: Callable[[Path], None]) -> None:
    """A copy of servers that were migrated once for the present state of the migrations."""
    with template.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (template / "ready").exists():
            shutil.rmtree(template, ignore_errors=True)
            migrate(template)
            (template / "ready").touch()
    copy = shutil.which("cp")
    assert copy is not None
    subprocess.run([copy, "-a", str(template), str(state)], check=True)  # noqa: S603 - keeps owners
    (state / "valkey.port").unlink(missing_ok=True)
