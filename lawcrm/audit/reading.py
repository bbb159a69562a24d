"""The read log: who opened which object, once per page, downloads and exports included."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import connection, models

from lawcrm import access
from lawcrm.audit.actor import actor
from lawcrm.audit.glass import read_through, seen_through
from lawcrm.audit.roots import about, roots_of

if TYPE_CHECKING:
    from lawcrm.models import ReadEntry

# The unique constraint on request, object and `what` makes it once per page.
INSERT = """
INSERT INTO lawcrm_readentry
  (user_id, object_type, object_id, what, request_id, matter_id, contact_id, break_glass_id, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING
"""


def read(obj: models.Model, what: str = "page") -> None:
    """Note that the viewer was shown the object."""
    read_each((obj,), what)


def read_each(objs: Iterable[models.Model], what: str = "export") -> None:
    """Note that the viewer was given each of the objects; what jobs read for themselves is not noted."""
    viewer = actor()
    if viewer.user_id is None:
        return
    rows = [_row(viewer, obj, what) for obj in objs]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)


def read_listed[M: models.Model](objs: Iterable[M]) -> list[M]:
    """Note what a list shows by break-glass alone; a list of what one sees anyway is no reading. Answers the list."""
    shown = list(objs)
    viewer = actor()
    if viewer.user_id is not None and viewer.lapses:
        read_each(seen_through(shown), "list")
    return shown


def _row(viewer: access.Viewer, obj: models.Model, what: str) -> tuple[str | int | None, ...]:
    roots = roots_of(obj)
    return (
        viewer.user_id,
        obj._meta.label_lower,
        obj.pk,
        what,
        viewer.request_id,
        roots.get("matter_id"),
        roots.get("contact_id"),
        read_through(obj),
    )


def readers_of(obj: models.Model) -> "models.QuerySet[ReadEntry]":
    """Who has been shown the object, or anything in it if it is a matter or contact; latest first."""
    from lawcrm.models import ReadEntry

    return ReadEntry.objects.filter(about(obj)).order_by("-at", "-pk")
