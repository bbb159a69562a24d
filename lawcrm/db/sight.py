"""Sight in the database: the lock that changes to it take, and the comparison with the truth."""

from collections.abc import Iterable

from django.db import connection


def lock(matters: Iterable[int], contacts: Iterable[int] = ()) -> None:
    """Lock matters by id, then their contacts and the given ones by id: one order everywhere, so no deadlock."""
    with connection.cursor() as cursor:
        cursor.execute("select sight_lock(%s::bigint[], %s::bigint[])", [list(matters), list(contacts)])


def wrong() -> list[tuple[str, int]]:
    """Matters and contacts whose derived columns differ from grants, walls and parties; must be empty."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, id from sight_wrong()")
        return [(str(kind), int(pk)) for kind, pk in cursor.fetchall()]
