"""What is asked about practice groups."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lawcrm.accounts.models import GroupKind, Membership, User


@dataclass(frozen=True, slots=True)
class Listed:
    """A group with its keepers by name."""

    group: Group
    keepers: list[str]


def listed() -> list[Listed]:
    """The groups that exist, by name; two queries."""
    now_in = Q(memberships__until=None, memberships__user__is_active=True)
    groups = existing().annotate(size=Count("memberships", filter=now_in)).order_by("name")
    keepers = Membership.objects.filter(until=None, is_keeper=True, user__is_active=True)
    names: dict[int, list[str]] = {}
    for group_id, name in keepers.order_by("user__full_name").values_list("group_id", "user__full_name"):
        names.setdefault(group_id, []).append(name)
    return [Listed(group, names.get(group.pk, [])) for group in groups]


def existing() -> QuerySet[Group]:
    return Group.objects.filter(kind__kind=GroupKind.Kind.PRACTICE, kind__dissolved_at=None).select_related("kind")


def memberships(group: Group, *, former: bool = False) -> QuerySet[Membership]:
    """Keepers first, then by name; of those who left the latest first, at most a hundred."""
    rows = group.memberships.filter(until__isnull=not former).select_related("user", "added_by", "ended_by")
    return rows.order_by("-until", "-pk")[:100] if former else rows.order_by("-is_keeper", "user__full_name")


def who_may_join(group: Group | None = None) -> QuerySet[User]:
    """Active people of the firm with any role that sees matters, who are not in the group."""
    opens = Q(groups__permissions__codename="view_matter", groups__permissions__content_type__app_label="matters")
    not_ended = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    people = User.objects.filter(opens, not_ended, is_active=True, is_external=False)
    if group is not None:
        people = people.exclude(memberships__in=group.memberships.filter(until=None))
    return people.distinct().order_by("full_name", "pk")
