"""Who lately joined a practice group that sees matters somebody answers for."""

from datetime import datetime, timedelta

from lawcrm.accounts.models import Membership, User
from matters.models import Matter, MatterGroupObjectPermission

LATELY = timedelta(days=7)
MOST = 20


def joined_lately(person: User, now: datetime) -> list[Membership]:
    """Nearly always one query: hardly anybody joins a group in a week."""
    lately = Membership.objects.filter(until=None, since__gte=now - LATELY).exclude(user=person).order_by("-since")
    rows = list(lately.exclude(added_by=person).select_related("user", "group")[:MOST])
    if not rows:
        return []
    mine = Matter.objects.filter(responsible=person).values("pk")
    given = MatterGroupObjectPermission.objects.filter(group__in={row.group_id for row in rows})
    seeing = set(given.filter(content_object__in=mine).values_list("group_id", flat=True).distinct())
    return [row for row in rows if row.group_id in seeing]
