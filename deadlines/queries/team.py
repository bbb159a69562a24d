"""Who works on a matter: whom a deadline can be given to, and how far the viewer's own grant reaches."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q, QuerySet

from lawcrm import access
from lawcrm.accounts.groups import existing
from lawcrm.accounts.models import User
from matters.models import Matter, MatterGroupObjectPermission, MatterUserObjectPermission
from matters.queries.team import among

WORKING = ("work_matter", "manage_matter")


def at_work(today: date) -> QuerySet[User]:
    """Accounts that can still be signed in to."""
    return User.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), is_active=True)


def team_of(matter: Matter, today: date) -> QuerySet[User]:
    """Everybody at work whom the matter's grants reach and no wall keeps out, by name."""
    people = at_work(today).order_by("full_name", "pk")
    if access.WHOLE_FIRM not in matter.acl:
        people = people.filter(among(matter.acl)).distinct()
    return people.exclude(among(matter.deny)) if matter.deny else people


def groups_of(matter: Matter, today: date) -> QuerySet[Group]:
    """Practice groups of which at least one member at work sees the matter, by name."""
    reached = existing().filter(user__in=team_of(matter, today).order_by().values("pk"))
    return reached.distinct().order_by("name", "pk")


def answered_by(user_id: int) -> Q:
    """What is theirs alone or with their practice groups."""
    return answered_among(user_id, practice_groups_of(user_id))


def answered_among(user_id: int, groups: Sequence[int]) -> Q:
    return Q(assignee=user_id) | Q(group__in=groups) if groups else Q(assignee=user_id)


def practice_groups_of(user_id: int) -> tuple[int, ...]:
    """The viewer's own are known; those of somebody else are asked for."""
    viewer = access.current()
    if viewer is not None and viewer.user_id == user_id and not viewer.system:
        return tuple(-principal for principal in viewer.principals if principal < 0)
    return tuple(Group.objects.filter(user=user_id).values_list("pk", flat=True))


def worked_on() -> QuerySet[Matter]:
    """Open matters the viewer may not only read."""
    viewer = access.required()
    groups = [-principal for principal in viewer.principals if principal < 0]
    working = {"content_object": OuterRef("pk"), "permission__codename__in": WORKING}
    own = MatterUserObjectPermission.objects.filter(**working, user_id=viewer.user_id)
    shared = MatterGroupObjectPermission.objects.filter(**working, group_id__in=groups)
    rows = Matter.objects.filter(Exists(own) | Exists(shared), state=Matter.State.OPEN)
    return rows.defer("summary").order_by("-opened_on", "-pk")


def may_work(matter_id: int) -> bool:
    return worked_on().filter(pk=matter_id).exists()
