"""Every kind of event that the code records has a name and a place in the review of the logs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lawcrm.review.kinds import KINDS
from tests.architecture.source import GROUND, ROOMS, ROOT, modules, tree

KIND = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
RECORDS = {"record", "record_each", "attempt", "signs"}


def recorded(call: ast.Call) -> ast.expr | None:
    """The expression that says the kind, of `audit.record(…)`, `@audit.attempt(…)` and `audit.signs(…, kind=…)`."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="audit"), attr=attr) if attr in RECORDS:
            named = next((word.value for word in call.keywords if word.arg == "kind"), None)
            return named or (call.args[0] if call.args else None)
    return None


def texts(node: ast.AST) -> set[str]:
    found = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return {text for text in found if KIND.fullmatch(text)}


def kinds_in(path: Path) -> Iterator[str]:
    """Kinds written in the call; of a call that takes its kind from elsewhere, all that the module could mean."""
    whole = tree(path)
    for node in ast.walk(whole):
        said = recorded(node) if isinstance(node, ast.Call) else None
        match said:
            case None:
                continue
            case ast.Constant(value=str(kind)):
                yield kind
            case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_rest]):
                yield from (kind for kind in KINDS if kind.startswith(start)) if _several(start) else (start + "…",)
            case _:
                yield from texts(said) or kinds_meant(whole)


def kinds_meant(whole: ast.AST) -> set[str]:
    """Names of permissions and addresses look the same: they are not among what is recorded."""
    prefixes = {kind.partition(".")[0] for kind in KINDS}
    return {text for text in texts(whole) if text.partition(".")[0] in prefixes and not _is_permission(text)}


def _is_permission(text: str) -> bool:
    return re.search(r"\.(view|add|change|delete|settle|see|manage|record)_", text) is not None


def _several(start: str) -> bool:
    return any(kind.startswith(start) for kind in KINDS)


def in_the_code() -> dict[str, str]:
    return {kind: str(path.relative_to(ROOT)) for path in modules(GROUND, *ROOMS) for kind in kinds_in(path)}


def test_every_recorded_kind_has_a_row_in_the_review() -> None:
    assert {kind: path for kind, path in in_the_code().items() if kind not in KINDS} == {}


def test_no_row_is_left_of_a_kind_that_nothing_records() -> None:
    assert sorted(KINDS.keys() - in_the_code().keys()) == []


def test_the_kinds_are_really_found() -> None:
    """One of each way to write them."""
    assert {
        "matter.closed",  # literal
        "deadline.struck",  # made of a state
        "task.reopened",  # one of two
        "contact.names_changed",  # from a table
        "accounts.role_taken",  # from a loop
        "outbox.given_up",  # handed in
    } <= in_the_code().keys()
