"""Matters offered while something is entered, and deadlines found by Ctrl-K."""

from django.db.models import Q, Value

from clients.models.contact import NameSkeleton
from deadlines.models import Deadline
from deadlines.queries import book, team
from lawcrm.firm import typed_number
from matters.models import Matter

OFFERED = 12
MOST_NUMBERED = 100


def matters_like(words: str) -> list[Matter]:
    """Open matters the viewer works on, by title or start of the number; without words the latest."""
    rows = team.worked_on()
    if words:
        folded = Q(title_skeleton__contains=NameSkeleton(Value(words)))
        rows = rows.filter(folded | Q(number__startswith=typed_number(words)))
    return list(rows[:OFFERED])


def deadlines_like(words: str, most: int = 5) -> list[Deadline]:
    """Open deadlines by a part of what must be done or the start of the matter's number, the next ones first."""
    if not words.strip():
        return []
    # An arm per index: an OR over both tables would read every open deadline the viewer sees.
    rows = Deadline.objects.filter(state=Deadline.State.OPEN).order_by("due_on", "pk").values_list("pk", flat=True)
    numbered = Matter.objects.filter(number__startswith=typed_number(words)).values_list("pk", flat=True)
    within = rows.filter(matter__in=list(numbered[:MOST_NUMBERED]))
    found = rows.filter(title__icontains=words.strip())[:most].union(within[:most])
    return list(book.deadlines().filter(pk__in=list(found)).order_by("due_on", "pk")[:most])
