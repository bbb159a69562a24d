"""The sight lock: what a transaction takes first when it changes several grants, walls or parties."""

from collections.abc import Iterable

from django.db import connection


def lock(matters: Iterable[int], contacts: Iterable[int] = ()) -> None:
    """Lock matters by id, then their contacts and the given ones by id: one order everywhere, so no deadlock."""
    with connection.cursor() as cursor:
        cursor.execute("select sight_lock(%s::bigint[], %s::bigint[])", [list(matters), list(contacts)])
