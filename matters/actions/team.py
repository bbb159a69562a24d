"""Who may see a matter: giving and taking access, always with a reason."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts.models import GroupKind, User
from lawcrm.db import sight
from matters.actions import own_grants
from matters.actions.refused import Refused
from matters.models import Matter, MatterGroupObjectPermission, MatterUserObjectPermission
from matters.models.levels import Level
from matters.queries import leading

type Principal = User | Group


class NotAPracticeGroup(Refused):
    def __init__(self) -> None:
        super().__init__(_("Roles say what people may do, not what they see. Choose a practice group or a person."))


class NotActive(Refused):
    def __init__(self) -> None:
        super().__init__(_("This account is not active."))


class AccountEnded(Refused):
    def __init__(self) -> None:
        super().__init__(_("This account has ended. It is extended or opened again first."))


class ManagesFromOutside(Refused):
    def __init__(self) -> None:
        super().__init__(_("Somebody from outside reads a matter or works on it. Who manages it is of the firm."))


class ReasonMissing(Refused):
    def __init__(self) -> None:
        super().__init__(_("Say why: the reason stays with the matter."))


class LastManager(Refused):
    def __init__(self) -> None:
        super().__init__(_("A matter keeps at least one person who manages it. Let someone else manage it first."))


class ResponsibleStays(Refused):
    def __init__(self) -> None:
        super().__init__(_("The responsible lawyer manages the matter. Name another one first."))


@audit.attempt("matter.access_granted", on="matter")
def grant_access(  # noqa: PLR0913 - who gives what to whom, why and when
    *,
    actor: User,  # noqa: ARG001 - the viewer is the actor that is recorded
    matter: Matter,
    to: Principal | Sequence[Principal],
    level: Level,
    reason: str,
    now: datetime,  # noqa: ARG001
) -> None:
    """Give each exactly this level, all or nobody: a higher one held before is lowered to it."""
    receivers = [to] if isinstance(to, User | Group) else list(to)
    require_reason(reason)
    for receiver in receivers:
        require_grantable(receiver, level)
    matter = _locked(matter)
    for receiver in receivers:
        _give(matter, receiver, level, reason)


def _locked(matter: Matter) -> Matter:
    """As it is once nobody else can change who sees it: the page may have shown another lawyer, other walls."""
    sight.lock([matter.pk])
    return Matter.objects.defer("summary").get(pk=matter.pk)


def _give(matter: Matter, to: Principal, level: Level, reason: str) -> None:
    if level is not Level.MANAGE:
        _require_replaceable(matter, to)
    _rows(to).filter(content_object=matter).exclude(permission__codename__in=level.included).delete()
    write_grants(matter, [(to, level)])
    audit.record("matter.access_granted", matter, reason=reason, level=level.code, **_fact(to))


@audit.attempt("matter.access_withdrawn", on="matter")
def withdraw_access(*, actor: User, matter: Matter, to: Principal, reason: str, now: datetime) -> None:  # noqa: ARG001
    """What the person was given themselves on the parties ends with it."""
    require_reason(reason)
    matter = _locked(matter)
    _require_replaceable(matter, to)
    # Recorded first: whoever withdraws their own access does not see the matter afterwards.
    audit.record("matter.access_withdrawn", matter, reason=reason, **_fact(to))
    _rows(to).filter(content_object=matter).delete()
    own_grants.end_of(matter, to, reason=reason)


def write_grants(matter: Matter, wanted: Iterable[tuple[Principal, Level]]) -> None:
    """Rows of all people in one statement: the sight is derived per statement, and nobody may lose it in between."""
    permissions = {
        permission.codename: permission
        for permission in Permission.objects.filter(content_type__app_label="matters", codename__in=Level.values)
    }
    people: list[MatterUserObjectPermission] = []
    groups: list[MatterGroupObjectPermission] = []
    for to, level in wanted:
        for included in level.included:
            permission = permissions[included.value]
            if isinstance(to, User):
                people.append(MatterUserObjectPermission(content_object=matter, user=to, permission=permission))
            else:
                groups.append(MatterGroupObjectPermission(content_object=matter, group=to, permission=permission))
    MatterUserObjectPermission.objects.bulk_create(people, ignore_conflicts=True)
    MatterGroupObjectPermission.objects.bulk_create(groups, ignore_conflicts=True)


def require_grantable(to: Principal, level: Level = Level.VIEW) -> None:
    if isinstance(to, User):
        if not to.is_active:
            raise NotActive
        if to.has_ended:
            raise AccountEnded
        if to.is_external and level is Level.MANAGE:
            raise ManagesFromOutside
    require_practice(to)


def require_practice(to: Principal) -> None:
    practice = GroupKind.objects.filter(group=to.pk, kind=GroupKind.Kind.PRACTICE, dissolved_at=None)
    if isinstance(to, Group) and not practice.exists():
        raise NotAPracticeGroup


def _require_replaceable(matter: Matter, to: Principal) -> None:
    if not isinstance(to, User):
        return
    if to.pk == matter.responsible_id:
        raise ResponsibleStays
    if leading.would_lose_manager([matter], [to.pk]) is not None:
        raise LastManager


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _rows(to: Principal) -> QuerySet[Any]:
    if isinstance(to, User):
        return MatterUserObjectPermission.objects.filter(user=to)
    return MatterGroupObjectPermission.objects.filter(group=to)


def _fact(to: Principal) -> dict[str, int]:
    return {"user_id": to.pk} if isinstance(to, User) else {"group_id": to.pk}
