"""Measures grants and walls over many matters of a generated firm: `python -m tests.benchmarks.changes --group 10000`.

Each change runs in transactions that are rolled back, over the whole group and over one matter. The ratio compares
the group with as many matters changed one by one; what the first run derived is checked against the truth.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.pages import Stopwatch, firm_arguments, prepare

RUNS = 3
HEAD = ("change", "matters", "queries", "median ms", "ms a matter", "one alone, ms", "ratio")


@dataclass(frozen=True)
class Group:
    """Matters that change at once: of one client, and of one practice group."""

    matters: list[Any]
    client: Any
    practice: Any
    lawyer: Any
    person: Any


def group_of(size: int) -> Group:
    from django.contrib.auth.models import Group as Practice

    from clients.models import Contact
    from lawcrm import access
    from lawcrm.accounts.models import User
    from matters.models import Matter, Party

    matters = list(Matter.objects.defer("summary").order_by("-pk")[:size])
    client = Contact.objects.filter(kind="organisation", is_directory=False).latest("pk")
    with access.as_system("benchmark"):
        Party.objects.filter(contact=client).delete()
        Party.objects.bulk_create(
            [Party(matter=matter, contact=client, role="client", since=matter.opened_on) for matter in matters]
        )
    holder = User.objects.get(email="broad@generated.example")
    practice = Practice.objects.filter(user=holder, kind__kind="practice").first()
    return Group(matters, client, practice, matters[0].responsible, User.objects.get(email="nobody@generated.example"))


def grant(group: Group) -> None:
    """A person is let into each matter, in one statement."""
    from django.contrib.auth.models import Permission

    from matters.models import MatterUserObjectPermission

    reading = Permission.objects.get(content_type__app_label="matters", codename="view_matter")
    MatterUserObjectPermission.objects.bulk_create(
        [
            MatterUserObjectPermission(content_object=matter, user=group.person, permission=reading)
            for matter in group.matters
        ]
    )


def withdraw(group: Group) -> None:
    from matters.models import MatterUserObjectPermission

    MatterUserObjectPermission.objects.filter(user=group.person).delete()


def wall(group: Group) -> None:
    """A wall around the client keeps a person out of each of its matters."""
    _wall_off(group, group.person)


def wall_group(group: Group) -> None:
    """The same against a practice group, which holds every matter of the firm."""
    _wall_off(group, group.practice)


def _wall_off(group: Group, kept_out: Any) -> None:
    from django.utils import timezone

    from matters.actions import walls

    walls.raise_client_wall(
        actor=group.lawyer, contact=group.client, against=[kept_out], reason="benchmark", now=timezone.now()
    )


CHANGES: dict[str, Callable[[Group], None]] = {
    "grant to a person": grant,
    "grant withdrawn": withdraw,
    "wall around the client, a person": wall,
    "wall around the client, a practice group": wall_group,
}
BEFORE: dict[str, Callable[[Group], None]] = {"grant withdrawn": grant}


def timed(change: str, size: int, *, check: bool = False) -> tuple[float, int]:
    """Seconds and queries of the change alone; checked, the whole firm is compared before the rollback."""
    from django.db import connection, transaction

    from lawcrm import access
    from lawcrm.db import sight

    watch = Stopwatch()
    with access.as_system("benchmark"), transaction.atomic():
        group = group_of(size)
        BEFORE.get(change, lambda _group: None)(group)
        settle()
        with connection.execute_wrapper(watch):
            began = time.perf_counter()
            CHANGES[change](group)
            settle()
            took, queries = time.perf_counter() - began, watch.queries
        wrong = sight.wrong() if check else []
        transaction.set_rollback(True)
    if wrong:
        raise SystemExit(f"{change}: the derived columns differ from the truth")
    return took, queries


def settle() -> None:
    """What waits for the end of the transaction is part of the change."""
    execute("set constraints all immediate")
    execute("set constraints all deferred")


def execute(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def run(options: argparse.Namespace) -> None:
    out = sys.stdout.write
    out(f"| {' | '.join(HEAD)} |\n{'|---' * len(HEAD)}|\n")
    for change in CHANGES:
        if options.only not in change:
            continue
        found = [timed(change, options.group, check=run == 0) for run in range(RUNS)]
        median, queries = statistics.median(took for took, _queries in found), found[0][1]
        single = statistics.median(timed(change, 1)[0] for _run in range(RUNS))
        each = median * 1000 / options.group
        cells = (change, options.group, queries, f"{median * 1000:.0f}", f"{each:.2f}", f"{single * 1000:.1f}")
        out(f"| {' | '.join(map(str, cells))} | {each / single / 1000:.3f} |\n")
        sys.stdout.flush()


def main() -> None:
    parser = firm_arguments(__doc__)
    parser.add_argument("--group", type=int, default=10_000)
    parser.add_argument("--only", default="", help="changes whose name holds this")
    options = parser.parse_args()
    prepare(options)
    run(options)


if __name__ == "__main__":
    main()
