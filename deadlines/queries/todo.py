"""Tasks of a person and of a matter."""

from django.db.models import F, QuerySet

from deadlines.models import Task


def open_tasks(user_id: int) -> QuerySet[Task]:
    """Those with a date first, the oldest date on top."""
    mine = Task.objects.filter(assignee=user_id, done_at=None)
    return mine.select_related("matter").defer("matter__summary").order_by(F("due_on").asc(nulls_last=True), "pk")


def of_matter(matter_id: int) -> QuerySet[Task]:
    """Open ones first, then those done, latest first."""
    rows = Task.objects.filter(matter=matter_id).select_related("assignee")
    return rows.order_by(F("done_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk")
