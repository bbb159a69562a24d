"""Who lately joined a practice group that sees matters somebody answers for."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from lawcrm.accounts.models import Membership, User
from lawcrm.prepared import Prepared
from matters.models import Matter, MatterGroupObjectPermission

LATELY = timedelta(days=7)
MOST = 20


def _joined(*, person: int, since: datetime) -> QuerySet[Membership]:
    rows = Membership.objects.filter(until=None, since__gte=since).exclude(user=person).exclude(added_by=person)
    return rows.select_related("user", "group").order_by("-since")[:MOST]


_JOINED = Prepared(_joined)


def joined_lately(person: User, now: datetime) -> list[Membership]:
    """Nearly always one query: hardly anybody joins a group in a week."""
    rows = _JOINED.ask(person=person.pk, since=now - LATELY)
    if not rows:
        return []
    mine = Matter.objects.filter(responsible=person).values("pk")
    given = MatterGroupObjectPermission.objects.filter(group__in={row.group_id for row in rows})
    seeing = set(given.filter(content_object__in=mine).values_list("group_id", flat=True).distinct())
    return [row for row in rows if row.group_id in seeing]
