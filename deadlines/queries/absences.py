"""Who is away, and who stands in."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from deadlines.models import Absence


def absences(today: date) -> QuerySet[Absence]:
    """Those of now and to come, the next one first."""
    rows = Absence.objects.filter(last_on__gte=today).select_related("person", "deputy")
    return rows.order_by("first_on", "person__full_name", "pk")


def stand_ins(people: Iterable[int], day: date) -> dict[int, set[int]]:
    """Of these people those who are away that day, with whom they named."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Absence.objects.filter(person__in=set(people), first_on__lte=day, last_on__gte=day)
    for person, deputy in rows.values_list("person_id", "deputy_id"):
        found[person] |= {deputy} if deputy else set()
    return dict(found)
