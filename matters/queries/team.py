"""Who may see a matter and how far: guardian's grants in words."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db.models import BooleanField, F, Q, QuerySet, Value
from django.utils import timezone
from django.utils.functional import Promise

from lawcrm import access
from lawcrm.accounts.models import GroupKind, User
from lawcrm.prepared import Prepared
from matters.models import Matter, MatterGroupObjectPermission, MatterUserObjectPermission
from matters.models.levels import Level, highest


@dataclass(frozen=True, slots=True)
class Holder:
    """A person (positive principal) or practice group (negative) with a grant."""

    principal: int
    name: str
    level: Level
    is_active: bool
    is_walled: bool

    @property
    def is_group(self) -> bool:
        return self.principal < 0

    @property
    def level_label(self) -> str | Promise:
        return self.level.label


def _granted(*, matter: int) -> QuerySet[MatterUserObjectPermission, tuple[int, str, bool, str]]:
    people = MatterUserObjectPermission.objects.filter(content_object=matter).values_list(
        "user_id", "user__full_name", "user__is_active", "permission__codename"
    )
    groups = (
        MatterGroupObjectPermission.objects.filter(content_object=matter)
        .annotate(principal=-F("group_id"), active=Value(value=True, output_field=BooleanField()))
        .values_list("principal", "group__name", "active", "permission__codename")
    )
    return people.union(groups, all=True)


_GRANTED = Prepared(_granted)


def holders_of(matter: Matter) -> list[Holder]:
    """Everybody with a grant, highest level first; one query."""
    found: defaultdict[tuple[int, str, bool], set[Level]] = defaultdict(set)
    for principal, name, is_active, codename in _GRANTED.ask(matter=matter.pk):
        found[principal, name, is_active].add(Level(codename))
    denied = set(matter.deny)
    holders = [
        Holder(principal, name, level, is_active, principal in denied)
        for (principal, name, is_active), levels in found.items()
        if (level := highest(levels)) is not None
    ]
    return sorted(holders, key=lambda holder: (-holder.level.rank, holder.is_group, holder.name.casefold()))


def level_among(holders: list[Holder], viewer: access.Viewer) -> Level | None:
    """How far the viewer's own grants and those of their groups reach."""
    return highest(holder.level for holder in holders if holder.principal in viewer.principals)


def candidates() -> QuerySet[User]:
    """Staff who can be given access: active, of the firm, and with a role that opens matters at all."""
    return _opening_matters().filter(is_external=False)


def lawyers() -> QuerySet[User]:
    """Of those, whoever may answer for a matter."""
    entitled = Q(groups__permissions__codename="grant_access", groups__permissions__content_type__app_label="matters")
    return candidates().filter(pk__in=User.objects.filter(entitled).values("pk"))


def outsiders() -> QuerySet[User]:
    """People from outside whose account has not ended."""
    return _opening_matters().filter(is_external=True)


def _opening_matters() -> QuerySet[User]:
    role = Q(
        groups__permissions__codename="view_matter",
        groups__permissions__content_type__app_label="matters",
        is_active=True,
    )
    not_ended = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    return User.objects.filter(role, not_ended).distinct().order_by("full_name", "pk")


def practice_groups() -> QuerySet[Group]:
    return Group.objects.filter(kind__kind=GroupKind.Kind.PRACTICE, kind__dissolved_at=None).order_by("name")


def names_of(user_ids: set[int], known: list[Holder]) -> dict[int, str]:
    """Names of staff; those on the team are known already."""
    names = {holder.principal: holder.name for holder in known}
    missing = user_ids - names.keys()
    if missing:
        names |= dict(User.objects.filter(pk__in=missing).values_list("pk", "full_name"))
    return names


def among(principals: Collection[int]) -> Q:
    """People named by them, or in a group that is."""
    return Q(pk__in=[one for one in principals if one > 0]) | Q(groups__in=[-one for one in principals if one < 0])
