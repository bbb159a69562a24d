"""A few hundred mutants of the deadline engine, drawn by lot: its tests notice at least 95 in a hundred.

The number that the lot was drawn from is printed; `MUTANTS_SEED=… MUTANTS=… pytest tests/deadlines/test_mutations.py`
draws the same again. `make mutation` tries all of them.
"""

import json
import os
import random
import secrets
import shutil
import subprocess
import sys
from math import sqrt
from pathlib import Path

import pytest

from tests.conftest import ROOT

SAMPLE, AIM = 300, 0.95
# A sample this much below the aim comes by chance once in twenty times where all of them just reach it.
DEVIATIONS = 1.645
# A module with few of them, tried first: by that all are made and the tests are timed, once.
FIRST = "deadlines.engine.law.*"
NOTICED = {1, 3, 24, 36, 152, 255, -24}  # a test failed or did not come to an end
NEEDED = ("pyproject.toml", "deadlines/__init__.py", "deadlines/engine", "deadlines/packs", "tests/deadlines/engine")


def least(count: int) -> int:
    """How many of so many drawn have to be noticed."""
    return round(count * AIM - DEVIATIONS * sqrt(count * AIM * (1 - AIM)))


@pytest.mark.parametrize(("count", "noticed"), [(100, 91), (300, 279), (2300, 2168)])
def test_a_larger_sample_leaves_less_to_chance(count: int, noticed: int) -> None:
    assert least(count) == noticed


def copied(place: Path) -> Path:
    """The engine and its tests alone, so that nothing of the checkout is changed or read beside them."""
    for name in NEEDED:
        source, target = ROOT / name, place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return place


def mutmut(place: Path, *names: str) -> None:
    """Without what the run of tests around it has set for itself."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "DJANGO_", "COV_"))
    }
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def outcomes(place: Path) -> dict[str, int | None]:
    """Of each mutant how the tests ended with it, None where it was not tried."""
    found: dict[str, int | None] = {}
    for path in (place / "mutants").rglob("*.meta"):
        found |= json.loads(path.read_text())["exit_code_by_key"]
    return found


@pytest.mark.proof
def test_the_tests_of_the_engine_notice_what_is_changed_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("MUTANTS_SEED") or secrets.randbelow(10**6))
    place = copied(tmp_path)
    mutmut(place, FIRST)
    known = sorted(outcomes(place))
    count = min(int(os.environ.get("MUTANTS", SAMPLE)), len(known))
    drawn = random.Random(seed).sample(known, count)  # noqa: S311 - to be drawn again, not to be secret
    mutmut(place, *drawn)
    found = outcomes(place)
    missed = sorted(name for name in drawn if found[name] not in NOTICED)
    with capsys.disabled():
        sys.stdout.write(f"\nMUTANTS_SEED={seed}: {len(drawn) - len(missed)} of {len(drawn)} mutants noticed\n")
    assert None not in {found[name] for name in drawn}
    assert len(drawn) - len(missed) >= least(len(drawn)), "\n".join([f"MUTANTS_SEED={seed}", *missed])
