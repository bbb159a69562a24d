"""Tasks of a person and of a matter."""

from django.db.models import F, OuterRef, QuerySet, Subquery

from deadlines.models import PlanUse, Task
from deadlines.queries import team
from lawcrm.prepared import Prepared


def open_tasks(user_id: int, most: int) -> list[Task]:
    """Their own and those of their practice groups: those with a date first, the oldest date on top."""
    return _OPEN.ask(most, user=user_id, groups=team.practice_groups_of(user_id))


def _open(most: int, *, user: int, groups: tuple[int, ...]) -> QuerySet[Task]:
    mine = _with_plan(Task.objects.filter(team.answered_among(user, groups), done_at=None))
    mine = mine.select_related("matter", "group").defer("matter__summary")
    return mine.order_by(F("due_on").asc(nulls_last=True), "pk")[:most]


def of_matter(matter_id: int) -> QuerySet[Task]:
    """Open ones first, then those done, latest first."""
    rows = _with_plan(Task.objects.filter(matter=matter_id)).select_related("assignee", "group")
    return rows.order_by(F("done_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk")


def _with_plan(rows: QuerySet[Task]) -> QuerySet[Task]:
    """`plan_name` and `plan_version` of what created it; both are None where a person did."""
    use = PlanUse.objects.filter(pk=OuterRef("plan_use"))
    name, number = use.values("plan__name")[:1], use.values("version__number")[:1]
    return rows.annotate(plan_name=Subquery(name), plan_version=Subquery(number))


_OPEN = Prepared(_open)
