"""Matters offered while something is entered."""

from django.db.models import Q, Value
from django.db.models.functions import Upper

from clients.models.contact import NameSkeleton
from deadlines.queries import team
from matters.models import Matter

OFFERED = 12


def matters_like(words: str) -> list[Matter]:
    """Open matters the viewer works on, by title or start of the number; without words the latest."""
    rows = team.worked_on()
    if words:
        folded = Q(title_skeleton__contains=NameSkeleton(Value(words)))
        rows = rows.filter(folded | Q(number__startswith=Upper(Value(words))))
    return list(rows[:OFFERED])
