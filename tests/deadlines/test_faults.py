"""Two hundred faults in a row, drawn by lot: no reminder that was due is lost, none comes twice by itself.

The number that the lot was drawn from is printed; `FAULTS_SEED=… FAULTS=… pytest tests/deadlines/test_faults.py`
draws the same again. Processes and servers are the run's own, so that other tests beside it notice nothing.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lawcrm import engines
from tests.conftest import ROOT, fingerprint
from tests.deadlines.faults import plan, verdict
from tests.deadlines.faults.clock import Clock
from tests.deadlines.faults.driver import Driver, fresh_state
from tests.lawcrm.mail_server import mail_server

LEAST = 200


def migrate(state: Path) -> None:
    """Servers of its own with the schema of the present migrations, made once and copied for each run."""
    environment = {
        **{key: value for key, value in os.environ.items() if "DATABASE" not in key},
        "LAWCRM_STATE": str(state),
        "DJANGO_SETTINGS_MODULE": "lawcrm.settings.test",
    }
    command = [sys.executable, ROOT / "manage.py", "showmigrations"]
    subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603


def test_every_plan_has_each_kind_of_fault() -> None:
    found = plan.planned(plan.lot(1), LEAST)
    faults = [kind for kind in found if not kind.startswith("era")]
    assert len(faults) >= LEAST
    assert set(faults) == {*plan.KINDS, *(f"across: {name}" for name, _start, _day in plan.ERAS)}
    assert found == plan.planned(plan.lot(1), LEAST) != plan.planned(plan.lot(2), LEAST)


@pytest.fixture
def place() -> Iterator[Path]:
    """Short, because a socket's path may have 107 bytes; and one that PostgreSQL's own user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="lawcrm-faults-"))
    yield folder
    shutil.rmtree(folder)


def announce(capsys: pytest.CaptureFixture[str], words: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{words}\n")


@pytest.mark.proof
def test_no_reminder_is_lost_and_none_comes_twice_by_itself(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("FAULTS_SEED") or secrets.randbelow(10**6))
    faults = plan.planned(plan.lot(seed), int(os.environ.get("FAULTS", LEAST)))
    announce(capsys, f"FAULTS_SEED={seed}: {len(faults)} faults")
    fresh_state(place / "state", engines.state_dir() / f"faults-{fingerprint()}", migrate)
    clock = Clock(place / "clock")
    clock.set_to(plan.ERAS[0][1])
    with mail_server() as post:
        driver = Driver(place / "state", post, clock, seed)
        facts = broken(driver, faults)
    announce(capsys, summary(facts, driver))
    assert sum(driver.done.values()) >= len(faults)
    assert len(facts.mails) > len(facts.deadlines) > 0
    assert {True, False} == {row["group_id"] is not None for row in facts.deadlines}
    assert verdict.complaints(facts) == [], f"FAULTS_SEED={seed}"
    assert all(driver.struck.values()) or len(faults) < LEAST, f"FAULTS_SEED={seed}"


def broken(driver: Driver, faults: list[str]) -> verdict.Facts:
    with driver.house():
        driver.open_firm()
        driver.run(faults)
        driver.come_to_rest()
        return verdict.gather(driver)


def summary(facts: verdict.Facts, driver: Driver) -> str:
    again = sum(times - 1 for times in facts.taken.values())
    met = {kind: f", {count} at the moment meant" for kind, count in driver.struck.items()}
    lines = [f"  {count:3} {kind}{met.get(kind, '')}" for kind, count in sorted(driver.done.items())]
    told = sum("entered" in answer for answer in facts.answers)
    entered = f"{len(facts.deadlines)} deadlines, {len(facts.deadlines) - told} of them without an answer"
    due = sum(row["due_at"] <= facts.now for row in facts.reminders)
    mails = f"{len(facts.mails)} mails, {again} of them again after an unknown outcome"
    return "\n".join([*lines, f"{entered}, {due} reminders due, {mails}"])
