"""What a person who leaves has in this room: grants on matters, and matters they answer for."""

from datetime import datetime
from itertools import product

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lawcrm import audit
from lawcrm.accounts.leaving import Burden, Successor, register
from lawcrm.accounts.models import User
from lawcrm.db import sight
from matters.actions import break_glass
from matters.models import Matter, MatterUserObjectPermission
from matters.models.levels import Level
from matters.queries import break_glass as glass_queries
from matters.queries import succession, takeover, walls

MANAGING = "matters.grant_access"


def register_burdens() -> None:
    register(
        Burden(
            code="matters",
            words=_("Matters they answer for"),
            count=lambda user: Matter.objects.filter(responsible=user).count(),
            end_or_hand_over=_hand_over,
            matters=lambda user: Matter.objects.filter(responsible=user).values_list("pk", flat=True),
            left=lambda: takeover.left_alone().values_list("responsible_id", "pk"),
            needs=(MANAGING,),
            order=10,
        )
    )
    register(
        Burden(
            code="managing",
            words=_("Matters they manage"),
            count=lambda user: _grants(user).filter(permission__codename=Level.MANAGE).count(),
            end_or_hand_over=_end_managing,
            needs=(MANAGING,),
            order=10,
        )
    )
    register(
        Burden(
            code="matter_grants",
            words=_("Own access to matters"),
            count=lambda user: _grants(user).values("content_object_id").distinct().count(),
            end_or_hand_over=_end_grants,
            needs=("matters.view_matter",),
            order=20,
        )
    )
    register(
        Burden(
            code="break_glass",
            words=_("Break-glass running or asked for"),
            count=glass_queries.count_of,
            end_or_hand_over=lambda user, _to, _reason, now: break_glass.end_all_of(user, now=now),
            needs=(glass_queries.BREAKING,),
            order=20,
        )
    )
    register(
        Burden(
            code="wall_notices",
            words=_("Notices of walls to acknowledge"),
            count=lambda user: walls.unanswered(user.pk).count(),
            end_or_hand_over=_withdraw_notices,
            order=60,
        )
    )


def _withdraw_notices(user: User, _to: Successor | None, _reason: str, now: datetime) -> None:
    """Nobody asks an account that has ended; the walls themselves stay, and so keep out who comes back."""
    walls.unanswered(user.pk).update(withdrawn_at=now)


def _grants(user: User) -> QuerySet[MatterUserObjectPermission]:
    return MatterUserObjectPermission.objects.filter(user=user)


def _end_managing(user: User, _to: Successor | None, _reason: str, _now: datetime) -> None:
    _lock_and_delete(_grants(user).filter(permission__codename=Level.MANAGE))


def _end_grants(user: User, _to: Successor | None, _reason: str, _now: datetime) -> None:
    _lock_and_delete(_grants(user))


def _lock_and_delete(rows: QuerySet[MatterUserObjectPermission]) -> None:
    sight.lock(rows.values_list("content_object_id", flat=True).distinct())
    rows.delete()


def _hand_over(user: User, to: Successor | None, reason: str, _now: datetime) -> None:
    """The successor answers for the matter and manages it from now on."""
    if to is None:
        return
    closed = succession.closed_to(to.user, to.matters)
    mine = Matter.objects.filter(responsible=user, pk__in=to.matters - closed)
    matters = list(mine.defer("summary").order_by("pk"))
    sight.lock([matter.pk for matter in matters])
    give_levels(matters, to.user, Level.MANAGE)
    audit.update(mine, responsible=to.user)
    audit.record_each("matter.handed_over", matters, reason=reason, from_id=user.pk, to_id=to.user.pk)


def give_levels(matters: list[Matter], to: User, level: Level) -> None:
    """One statement whatever their number; the caller holds the sight lock."""
    wanted = Permission.objects.filter(content_type__app_label="matters", codename__in=level.included)
    rows = (
        MatterUserObjectPermission(content_object=matter, user=to, permission=permission)
        for matter, permission in product(matters, wanted)
    )
    MatterUserObjectPermission.objects.bulk_create(rows, ignore_conflicts=True)
