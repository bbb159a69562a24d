"""Measures grants and walls over many matters of a generated firm: `python -m tests.benchmarks.changes --group 10000`.

Each change is made by viewers who see little, some and nearly all, and by the system, over as many matters as they
see of the group, and over one; in transactions that are rolled back. "By the system" compares with the same change
that no need-to-know condition and no policy judges, "one alone" with as many matters changed one by one. What the
first run derived is checked against the truth.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.pages import Stopwatch, firm_arguments, prepare

RUNS = 3
SYSTEM = "system"
WHO = ("narrow", "middle", "broad", SYSTEM)
HEAD = ("change", "by", "matters", "queries", "median ms", "ms a matter", "by the system", "one alone, ms", "ratio")


@dataclass(frozen=True)
class Group:
    """Matters of one client that change at once; `practice` is a group that does not hold who changes them."""

    matters: list[Any]
    client: Any
    practice: Any
    actor: Any
    person: Any


@dataclass(frozen=True)
class Measured:
    matters: int
    queries: int
    seconds: float
    alone: float

    @property
    def each(self) -> float:
        return self.seconds / self.matters


def group_of(who: str, size: int) -> Group:
    from django.contrib.auth.models import Group as Practice

    from clients.models import Contact
    from lawcrm.accounts.models import User
    from matters.models import Matter, Party

    people = {user.email.split("@")[0]: user for user in User.objects.filter(email__endswith="@generated.example")}
    with viewing(people.get(who)):
        matters = list(Matter.objects.defer("summary").order_by("-pk")[:size])
    client = Contact.objects.filter(kind="organisation", is_directory=False).latest("pk")
    Party.objects.filter(contact=client).delete()
    Party.objects.bulk_create(
        [Party(matter=matter, contact=client, role="client", since=matter.opened_on) for matter in matters]
    )
    holder = people["middle" if who == "broad" else "broad"]
    practice = Practice.objects.filter(user=holder, kind__kind="practice").first()
    return Group(matters, client, practice, people.get(who, matters[0].responsible), people["nobody"])


def viewing(user: Any) -> AbstractContextManager[Any]:
    from lawcrm import access

    return access.as_user(user) if user else access.as_system("benchmark")


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
    """The same against a practice group, which sees many of the firm's matters."""
    _wall_off(group, group.practice)


def _wall_off(group: Group, kept_out: Any) -> None:
    from django.utils import timezone

    from matters.actions import walls

    walls.raise_client_wall(
        actor=group.actor, contact=group.client, against=[kept_out], reason="benchmark", now=timezone.now()
    )


CHANGES: dict[str, Callable[[Group], None]] = {
    "grant to a person": grant,
    "grant withdrawn": withdraw,
    "wall around the client, a person": wall,
    "wall around the client, a practice group": wall_group,
}
BEFORE: dict[str, Callable[[Group], None]] = {"grant withdrawn": grant}


def timed(change: str, who: str, size: int, *, check: bool = False) -> tuple[float, int, int]:
    """Seconds, queries and matters of the change alone; checked, the whole firm is compared before the rollback."""
    from django.db import connection, transaction

    from lawcrm import access
    from lawcrm.db import sight

    watch = Stopwatch()
    with access.as_system("benchmark"), transaction.atomic():
        group = group_of(who, size)
        BEFORE.get(change, lambda _group: None)(group)
        settle()
        with connection.execute_wrapper(watch), viewing(None if who == SYSTEM else group.actor):
            began = time.perf_counter()
            CHANGES[change](group)
            settle()
            took, queries = time.perf_counter() - began, watch.queries
        wrong = sight.wrong() if check else []
        transaction.set_rollback(True)
    if wrong:
        raise SystemExit(f"{change}: the derived columns differ from the truth")
    return took, queries, len(group.matters)


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
        found = {who: measured(change, who, options.group) for who in reversed(WHO)}
        for who in WHO:
            one = found[who]
            times = (f"{one.seconds * 1000:.0f}", f"{one.each * 1000:.2f}", f"{one.each / found[SYSTEM].each:.1f}")
            cells = (change, who, one.matters, one.queries, *times, f"{one.alone * 1000:.1f}")
            out(f"| {' | '.join(map(str, cells))} | {one.each / one.alone:.3f} |\n")
        sys.stdout.flush()


def measured(change: str, who: str, size: int) -> Measured:
    found = [timed(change, who, size, check=run == 0) for run in range(RUNS)]
    _took, queries, matters = found[0]
    alone = statistics.median(timed(change, who, 1)[0] for _run in range(RUNS))
    return Measured(matters, queries, statistics.median(took for took, *_rest in found), alone)


def main() -> None:
    parser = firm_arguments(__doc__)
    parser.add_argument("--group", type=int, default=10_000)
    parser.add_argument("--only", default="", help="changes whose name holds this")
    options = parser.parse_args()
    prepare(options)
    run(options)


if __name__ == "__main__":
    main()
