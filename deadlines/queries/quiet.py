"""Matters in which nothing is open: nobody will be reminded of them."""

from django.db.models import Exists, OuterRef, QuerySet

from deadlines.models import Deadline, Task
from matters.models import Matter


def matters(responsible_id: int | None = None) -> QuerySet[Matter]:
    """Open matters in sight without an open deadline or task, those opened first on top."""
    of = OuterRef("pk")
    deadlines = Deadline.objects.filter(matter=of, state=Deadline.State.OPEN)
    tasks = Task.objects.filter(matter=of, done_at=None)
    rows = Matter.objects.filter(~Exists(deadlines), ~Exists(tasks)).exclude(state=Matter.State.CLOSED)
    if responsible_id is not None:
        rows = rows.filter(responsible=responsible_id)
    return rows.select_related("responsible", "matter_type").defer("summary").order_by("opened_on", "pk")
