"""Sight in the database: the lock that changes to it take, and the comparison with the truth."""

from collections.abc import Iterable

from django.db import connection, transaction


def lock(matters: Iterable[int], contacts: Iterable[int] = ()) -> None:
    """Lock matters by id, then their contacts and the given ones by id: one order everywhere, so no deadlock.

    Contacts that become or cease to be clients of the matters must be given: a wall may stand around them.
    """
    with connection.cursor() as cursor:
        cursor.execute("select sight_lock(%s::bigint[], %s::bigint[])", [list(matters), list(contacts)])


def lock_around(contacts: Iterable[int], matters: Iterable[int] = ()) -> None:
    """Lock contacts with every matter they are in, and the given ones, so that no client's is opened meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("select sight_lock_around(%s::bigint[], %s::bigint[])", [list(contacts), list(matters)])


def lock_client(contact: int) -> None:
    lock_around([contact])


def wrong() -> list[tuple[str, int]]:
    """Matters and contacts whose derived columns differ from grants, walls and parties; must be empty."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute("select kind, id from sight_wrong()")
        return [(str(kind), int(pk)) for kind, pk in cursor.fetchall()]
