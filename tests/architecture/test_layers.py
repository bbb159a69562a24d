"""Who may import whom, as declared in pyproject.toml."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import GROUND, ROOMS, ROOT, modules, tree, where


def test_no_import_goes_up_or_across() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout) == (0, done.stdout), done.stdout


def test_every_room_is_under_the_rule() -> None:
    """A room that stands in no contract would be free to import anything."""
    rooms = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert rooms == {GROUND, *ROOMS}
    declared = (ROOT / "pyproject.toml").read_text()
    assert 'layers = ["privacy", "consent | deadlines", "matters", "clients", "lawcrm"]' in declared


def test_actions_and_models_know_no_request() -> None:
    """What people do works from a page, a job and a command alike."""
    kinds = ("actions", "models", "queries")
    found = [
        where(path, node)
        for path in modules(*ROOMS)
        if any(part.removesuffix(".py") in kinds for part in path.relative_to(ROOT).parts)
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.arg) and node.arg == "request")
        or (isinstance(node, ast.ImportFrom) and node.module in {"django.http", "django.shortcuts"})
    ]
    assert found == []
