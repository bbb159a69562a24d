"""What higher apps object to in rows about to be imported, registered in their `ready()`."""

from collections.abc import Callable, Sequence

from clients.imports.rows import Draft, Problem

type Check = Callable[[Sequence[Draft]], list[Problem]]

_checks: list[Check] = []


def register(check: Check) -> None:
    """`check` answers the rows that may not be imported and why, in words; once however often registered.

    It is asked at the dry run and again inside the transaction of the import.
    """
    if check not in _checks:
        _checks.append(check)


def objections(drafts: Sequence[Draft]) -> list[Problem]:
    return [problem for check in _checks for problem in check(drafts)]
