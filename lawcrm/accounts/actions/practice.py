"""Practice groups: formed, renamed and dissolved; members come and go, always with a reason.

The database holds the same rules against every other road (migrations/membership.sql).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcrm import access, audit
from lawcrm.accounts.models import GroupKind, Membership, User

if TYPE_CHECKING:
    from lawcrm.accounts.leaving import Successor

KEEPS = "accounts.manage_practice_groups"


class Yourself(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("Nobody adds themselves to a practice group. Another keeper of the group does it."))


class NotKeeper(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("Only those who keep this group change it."))


class NotFromHere(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("Only active members of the firm belong to a practice group; people from outside never do."))


class MemberAlready(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("This person is in the group already."))


class NotMember(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("This person is not in the group."))


class LastKeeper(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("A group keeps at least one keeper. Name another one first, or dissolve the group."))


class NameTaken(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("There is a group or role of this name already."))


class Dissolved(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("This group was dissolved. Form a new one."))


class ReasonMissing(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("Say why: the reason stays with the group."))


@audit.attempt("accounts.group_formed")
def form_group(*, actor: User, name: str, keeper: User, reason: str, now: datetime) -> Group:
    """Begins with one keeper, who is somebody else: from then on keepers decide who joins, the founder included."""
    _require_reason(reason)
    _require_free(name)
    group = Group.objects.create(name=name.strip())
    GroupKind.objects.create(group=group, kind=GroupKind.Kind.PRACTICE)
    audit.record("accounts.group_formed", group, reason=reason)
    _join(actor, group, keeper, reason, now, is_keeper=True)
    return group


@audit.attempt("accounts.group_renamed", on="group")
def rename_group(*, actor: User, group: Group, name: str, reason: str, now: datetime) -> None:  # noqa: ARG001
    _require_reason(reason)
    group = _kept(actor, group)
    _require_free(name, group)
    group.name = name.strip()
    group.save(update_fields=["name"])
    audit.record("accounts.group_renamed", group, reason=reason)


@audit.attempt("accounts.group_joined", on="group")
def add_members(*, actor: User, group: Group, users: Sequence[User], reason: str, now: datetime) -> None:
    _require_reason(reason)
    group = _kept(actor, group)
    for user in users:
        _join(actor, group, user, reason, now)


@audit.attempt("accounts.group_left", on="group")
def remove_member(*, actor: User, group: Group, user: User, reason: str, now: datetime) -> None:
    """By a keeper, or by the person: who leaves of their own will needs nobody."""
    _require_reason(reason)
    group = _locked(group) if actor == user else _kept(actor, group)
    membership = _open(group, user)
    if membership.is_keeper:
        _require_other_keeper(group, user)
    _end(membership, reason, now)


@audit.attempt("accounts.group_keeper_named", on="group")
def name_keeper(*, actor: User, group: Group, user: User, reason: str, now: datetime) -> None:  # noqa: ARG001
    """By a keeper; where none is left, by anybody who may form groups, and only among those who are in it."""
    _require_reason(reason)
    group = _locked(group)
    if keepers_of(group).exists() or KEEPS not in actor.role_permissions():
        _require_keeper(actor, group)
    if actor == user:
        raise Yourself
    membership = _open(group, user)
    membership.is_keeper = True
    membership.save()
    audit.record("accounts.group_keeper_named", group, reason=reason, user_id=user.pk)


@audit.attempt("accounts.group_keeper_ended", on="group")
def end_keeping(*, actor: User, group: Group, user: User, reason: str, now: datetime) -> None:  # noqa: ARG001
    _require_reason(reason)
    group = _kept(actor, group)
    _require_other_keeper(group, user)
    membership = _open(group, user)
    membership.is_keeper = False
    membership.save()
    audit.record("accounts.group_keeper_ended", group, reason=reason, user_id=user.pk)


@audit.attempt("accounts.group_dissolved", on="group")
def dissolve_group(*, actor: User, group: Group, reason: str, now: datetime) -> None:
    """Subscribers of "accounts.group_dissolved" take back what the group was given; then all leave. Not undone."""
    _require_reason(reason)
    group = _locked(group)
    if keepers_of(group).exists() or KEEPS not in actor.role_permissions():
        _require_keeper(actor, group)
    GroupKind.objects.filter(group=group).update(dissolved_at=now)
    audit.record("accounts.group_dissolved", group, reason=reason)
    for membership in group.memberships.filter(until=None).select_related("user"):
        _end(membership, reason, now)


def end_all(user: User, _to: "Successor | None", reason: str, now: datetime) -> None:
    """Whoever leaves the firm leaves its groups; a group without keepers is given one by who may form groups."""
    for membership in user.memberships.filter(until=None).select_related("group"):
        _end(membership, reason, now)


def memberships_of(user: User) -> QuerySet[Membership]:
    return user.memberships.filter(until=None)


def keepers_of(group: Group) -> QuerySet[Membership]:
    """Of active people: the others keep nothing."""
    return group.memberships.filter(until=None, is_keeper=True, user__is_active=True)


def _join(actor: User, group: Group, user: User, reason: str, now: datetime, *, is_keeper: bool = False) -> None:  # noqa: PLR0913 - who, where, why and when
    if actor == user:
        raise Yourself
    if not user.is_active or user.has_ended or user.is_external:
        raise NotFromHere
    if group.memberships.filter(user=user, until=None).exists():
        raise MemberAlready
    Membership.objects.create(
        group=group,
        user=user,
        is_keeper=is_keeper,
        since=now,
        added_by_id=access.required().user_id,
        reason=reason.strip(),
    )
    audit.record("accounts.group_joined", group, reason=reason, user_id=user.pk)


def _end(membership: Membership, reason: str, now: datetime) -> None:
    membership.until, membership.end_reason, membership.is_keeper = now, reason.strip()[:500], False
    membership.ended_by_id = access.required().user_id
    membership.save()
    audit.record("accounts.group_left", membership.group, reason=reason, user_id=membership.user_id)


def _locked(group: Group) -> Group:
    group = Group.objects.select_for_update(of=("self",), no_key=True).select_related("kind").get(pk=group.pk)
    if group.kind.dissolved_at is not None:
        raise Dissolved
    return group


def _kept(actor: User, group: Group) -> Group:
    group = _locked(group)
    _require_keeper(actor, group)
    return group


def _require_keeper(actor: User, group: Group) -> None:
    if not keepers_of(group).filter(user=actor).exists():
        raise NotKeeper


def _require_other_keeper(group: Group, user: User) -> None:
    if not keepers_of(group).exclude(user=user).exists():
        raise LastKeeper


def _open(group: Group, user: User) -> Membership:
    membership = group.memberships.filter(user=user, until=None).select_related("group").first()
    if membership is None:
        raise NotMember
    return membership


def _require_free(name: str, group: Group | None = None) -> None:
    taken = Group.objects.filter(name__iexact=name.strip())
    if (taken.exclude(pk=group.pk) if group else taken).exists():
        raise NameTaken


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
