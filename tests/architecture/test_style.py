"""The part of the house style that a machine can hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import GROUND, ROOMS, ROOT, functions, modules, templates, tree, where

LONGEST_FUNCTION = 60
LONGEST_FILE = {"lawcrm": 400, "tests": 600}
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "signals", "common", "misc", "managers"}
EVERYTHING = (GROUND, *ROOMS, "tests")
# SQL that the guarded managers do not see; the ground floor holds what needs it.
PAST_THE_MANAGERS = {"raw", "cursor", "extra", "_base_manager", "RawSQL"}
UNESCAPED = {"mark_safe", "csrf_exempt"}


def identifiers(node: ast.AST) -> Iterator[str]:
    """What is called, read by attribute or imported; a value's own `raw` is not a manager's."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            yield name
        case ast.Attribute(attr="_base_manager" as name) | ast.Name(id="csrf_exempt" as name):
            yield name
        case ast.ImportFrom(names=names) | ast.Import(names=names):
            yield from (alias.name.rsplit(".", 1)[-1] for alias in names)


def uses(names: set[str], *packages: str) -> list[str]:
    return [
        f"{where(path, node)} {name}"
        for path in modules(*packages)
        for node in ast.walk(tree(path))
        for name in identifiers(node)
        if name in names
    ]


def test_no_function_is_long() -> None:
    long = [
        f"{where(path, function)} {function.name}: {lines}"
        for path in modules(*EVERYTHING)
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_functions_are_short_as_a_rule() -> None:
    lengths = sorted(
        (function.end_lineno or 0) - function.lineno + 1
        for path in modules(GROUND, *ROOMS)
        for function in functions(path)
    )
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 95 // 100] <= 35


@pytest.mark.parametrize("package", EVERYTHING)
def test_no_file_is_long(package: str) -> None:
    most = LONGEST_FILE.get(package, LONGEST_FILE[GROUND])
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules(package)}
    assert {path: lines for path, lines in lengths.items() if lines > most} == {}


def test_there_are_no_junk_drawers() -> None:
    assert [str(path.relative_to(ROOT)) for path in modules(*EVERYTHING) if path.stem in JUNK_DRAWERS] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in modules(GROUND, *ROOMS, "tests") if not ast.get_docstring(tree(path))
    ]
    assert silent == []


def test_models_do_not_override_save() -> None:
    """What saving sets off belongs into an action, where it is read."""
    found = [
        where(path, method)
        for path in modules(GROUND, *ROOMS)
        if "models" in path.relative_to(ROOT).with_suffix("").parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "delete"}
    ]
    assert found == []


def test_the_rooms_reach_the_database_through_guarded_managers_only() -> None:
    assert uses(PAST_THE_MANAGERS, *ROOMS) == []


def test_nothing_is_marked_safe_or_exempt() -> None:
    assert uses(UNESCAPED, GROUND, *ROOMS) == []


def test_no_template_turns_escaping_off() -> None:
    """Plain text is not HTML: there an escaped name would be a wrong name."""
    off = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off")
    pages = [path for path in templates() if path.suffix != ".txt"]
    assert [str(path.relative_to(ROOT)) for path in pages if off.search(path.read_text())] == []


def test_no_machine_s_path_stands_in_the_tree() -> None:
    texts = [path for path in ROOT.glob("*") if path.suffix in {".toml", ".md", ".yml"}]
    texts += [*modules(*EVERYTHING), *templates(), *(ROOT / "docs").rglob("*.md")]
    home = re.compile("/" + r"(?:home|Users|root|work)/\w")
    assert [str(Path(path).relative_to(ROOT)) for path in texts if home.search(path.read_text())] == []
