"""Who is left to lead a matter when some people are kept out of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils import timezone

from lawcrm import access
from lawcrm.accounts.models import User
from matters.models import Matter, MatterUserObjectPermission, Party, WallBar
from matters.models.levels import Level


def without_manager(matters: Collection[Matter], out: Collection[int]) -> Matter | None:
    """The first that no active person would manage who is behind no wall, standing or planned; three queries."""
    return next(iter(_unmanaged(matters, out)), None)


def would_lose_manager(matters: Collection[Matter], out: Collection[int]) -> Matter | None:
    """The first that somebody manages now and nobody would; what nobody manages loses nothing."""
    lost = _unmanaged(matters, out)
    before = _unmanaged(lost, ())
    return next((matter for matter in lost if matter not in before), None)


def _unmanaged(matters: Collection[Matter], out: Collection[int]) -> list[Matter]:
    managers = _managers(matters)
    groups = _groups({user for users in managers.values() for user in users})
    planned = _planned(matters)
    found = []
    for matter in matters:
        barred = {*matter.deny, *planned[matter.pk], *out}
        if not any(_inside(user, groups[user], barred) for user in managers[matter.pk]):
            found.append(matter)
    return found


def only_manager_of(user: User) -> bool:
    """Whether some matter would be left without anybody who manages it."""
    managed = MatterUserObjectPermission.objects.filter(user=user, permission__codename=Level.MANAGE)
    matters = Matter.objects.filter(pk__in=managed.values("content_object_id")).defer("summary")
    return without_manager(list(matters), [user.pk]) is not None


def is_kept_out(matter: Matter, user: int) -> bool:
    """By a standing or planned wall, their groups looked into."""
    return not _inside(user, _groups({user})[user], barred_from(matter))


def barred_from(matter: Matter) -> set[int]:
    """Principals that a wall keeps out, or will."""
    return {*matter.deny, *_planned([matter])[matter.pk]}


def closed_to(principals: Collection[int]) -> Q:
    """Matters that a standing or planned wall closes to who holds these principals."""
    people = [principal for principal in principals if 0 < principal < access.BREAK_GLASS]
    groups = [-principal for principal in principals if principal < 0]
    planned = WallBar.objects.filter(Q(user__in=people) | Q(group__in=groups), state=WallBar.State.PLANNED)
    clients = Party.objects.filter(contact__in=planned.values("contact_id"), role=Party.Role.CLIENT)
    return (
        Q(deny__overlap=list(principals))
        | Q(pk__in=planned.filter(matter__isnull=False).values("matter_id"))
        | Q(pk__in=clients.values("matter_id"))
    )


def _inside(user: int, groups: set[int], barred: set[int]) -> bool:
    return user not in barred and not barred & {-group for group in groups}


def _managers(matters: Iterable[Matter]) -> dict[int, list[int]]:
    rows = MatterUserObjectPermission.objects.filter(
        Q(user__ends_on=None) | Q(user__ends_on__gte=timezone.localdate()),
        content_object__in=[matter.pk for matter in matters],
        permission__codename=Level.MANAGE,
        user__is_active=True,
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for matter, user in rows.values_list("content_object_id", "user_id"):
        found[matter].append(user)
    return found


def _groups(users: Collection[int]) -> dict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for user, group in User.groups.through.objects.filter(user_id__in=users).values_list("user_id", "group_id"):
        found[user].add(group)
    return found


def _planned(matters: Collection[Matter]) -> dict[int, list[int]]:
    """Whom walls around these matters or their clients will keep out."""
    bars = WallBar.objects.filter(state=WallBar.State.PLANNED)
    clients = Party.objects.filter(matter__in=[matter.pk for matter in matters], role=Party.Role.CLIENT)
    matters_of: defaultdict[int, list[int]] = defaultdict(list)
    for matter, contact in clients.values_list("matter_id", "contact_id"):
        matters_of[contact].append(matter)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for bar in bars.filter(Q(matter__in=[matter.pk for matter in matters]) | Q(contact__in=[*matters_of])):
        for matter in [bar.matter_id] if bar.matter_id else matters_of[bar.contact_id or 0]:
            found[matter].append(bar.principal)
    return found
