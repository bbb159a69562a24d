"""What is asked about accounts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise

from lawcrm.accounts.models import DeviceSession, GroupKind, RecoverySheet, TotpDevice, User
from lawcrm.accounts.models.devices import STEP, step_at
from lawcrm.accounts.roles import ROLES


@dataclass(frozen=True)
class Factors:
    """The state of a person's second factor."""

    since: datetime | None
    last_used_at: datetime | None
    codes_left: int


@dataclass(frozen=True)
class DemoCode:
    """A demo person's code of this half minute."""

    email: str
    full_name: str
    roles: list[str | Promise]
    code: str
    seconds_left: int


def factors_of(user: User) -> Factors:
    device = TotpDevice.objects.filter(user=user, confirmed=True).first()
    left = RecoverySheet.objects.filter(user=user).aggregate(left=Count("codes", filter=Q(codes__used_at=None)))
    return Factors(
        device.created_at if device else None,
        device.last_used_at if device else None,
        left["left"],
    )


def sessions_of(user: User, now: datetime) -> QuerySet[DeviceSession]:
    return user.sessions.filter(expire_date__gt=now, verified=True).order_by("-last_seen_at")


def roles_of(user: User) -> list[str | Promise]:
    names = user.groups.filter(kind__kind=GroupKind.Kind.ROLE).order_by("pk").values_list("name", flat=True)
    return [ROLES[name].name for name in names if name in ROLES]


def demo_codes(now: datetime) -> list[DemoCode]:
    left = STEP - int(now.timestamp()) % STEP
    devices = TotpDevice.objects.filter(confirmed=True, user__is_active=True).select_related("user").order_by("user_id")
    return [
        DemoCode(device.user.email, device.user.full_name, roles_of(device.user), device.code_at(step_at(now)), left)
        for device in devices
    ]
