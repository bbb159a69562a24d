"""What is asked about accounts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group, Permission
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lawcrm import access
from lawcrm.accounts import leaving
from lawcrm.accounts.factor_rules import RECOMMENDED
from lawcrm.accounts.models import (
    AccountChange,
    DeviceSession,
    FactorRule,
    GroupKind,
    LeavingRecord,
    Passkey,
    RecoverySheet,
    TotpDevice,
    User,
)
from lawcrm.accounts.models.devices import STEP, step_at
from lawcrm.accounts.roles import ROLES, Role
from lawcrm.models import JournalEntry

# What an account owes to whoever did it.
ARMING = (
    *("accounts.invited", "accounts.reactivated", "accounts.role_given"),
    *("accounts.change_asked", "accounts.change_confirmed", "accounts.change_made"),
)


@dataclass(frozen=True)
class Factors:
    """A person's second factors."""

    app: TotpDevice | None
    passkeys: list[Passkey]
    codes_left: int

    @property
    def has_passkey(self) -> bool:
        return any(passkey.copied_at is None for passkey in self.passkeys)

    @property
    def count(self) -> int:
        """How many let the person in; a copied passkey does not, and recovery codes are for bad days."""
        return len([passkey for passkey in self.passkeys if passkey.copied_at is None]) + (self.app is not None)


@dataclass(frozen=True)
class RuleRow:
    """The rule of one role, and whom it still waits for."""

    name: str
    role: Role
    rule: FactorRule | None
    holders: int
    without: int

    @property
    def wants_passkey(self) -> bool:
        return self.rule is not None and self.rule.wanted == FactorRule.Wanted.PASSKEY

    @property
    def recommended(self) -> bool:
        return self.name in RECOMMENDED and not self.wants_passkey

    @property
    def since(self) -> datetime | None:
        return self.rule.since if self.rule is not None and self.wants_passkey else None

    @property
    def words(self) -> str:
        """As the page of rules and the page of roles say it."""
        if self.rule is None or not self.wants_passkey:
            return _("One-time code or passkey")
        days = self.rule.grace_days
        within = ngettext("Passkey, within %(days)d day", "Passkey, within %(days)d days", days) % {"days": days}
        return within if days else _("Passkey, at once")


@dataclass(frozen=True)
class DemoCode:
    """A demo person's code of this half minute."""

    email: str
    full_name: str
    roles: list[str | Promise]
    code: str
    seconds_left: int


def factors_of(user: User) -> Factors:
    app = TotpDevice.objects.filter(user=user, confirmed=True).first()
    left = RecoverySheet.objects.filter(user=user).aggregate(left=Count("codes", filter=Q(codes__used_at=None)))
    return Factors(app, list(Passkey.objects.filter(user=user)), left["left"])


def has_app(user: User) -> bool:
    return bool(TotpDevice.objects.filter(user=user, confirmed=True).exists())


def passkeys_of(user: User) -> list[Passkey]:
    """Those that let the person in, the one used last first."""
    usable = Passkey.objects.filter(user=user, confirmed=True, copied_at=None)
    return list(usable.order_by(F("last_used_at").desc(nulls_last=True), "pk"))


def has_factor(user: User) -> bool:
    """Whether the person could give a second factor; recovery codes alone are none."""
    return has_app(user) or bool(passkeys_of(user))


def had_factor(user: User) -> bool:
    """Whether the person once set one up: a closed passkey tells so, and the sheet of recovery codes."""
    held = Passkey.objects.filter(user=user).exists() or RecoverySheet.objects.filter(user=user).exists()
    return bool(held or has_app(user))


def sessions_of(user: User, now: datetime) -> QuerySet[DeviceSession]:
    return user.sessions.filter(expire_date__gt=now, verified=True).order_by("-last_seen_at")


def factor_rules() -> list[RuleRow]:
    """Every role in the order of the roles' page."""
    holds = Passkey.objects.filter(user=OuterRef("pk"), confirmed=True, copied_at=None)
    people = User.objects.filter(is_active=True).annotate(has=Exists(holds))
    counted = people.values("groups__name").annotate(holders=Count("pk"), having=Count("pk", filter=Q(has=True)))
    numbers = {row["groups__name"]: (row["holders"], row["holders"] - row["having"]) for row in counted.order_by()}
    rules = {rule.role.name: rule for rule in FactorRule.objects.select_related("role")}
    return [RuleRow(name, role, rules.get(name), *numbers.get(name, (0, 0))) for name, role in ROLES.items()]


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


@dataclass(frozen=True)
class Leaver:
    """Somebody whose access has ended, or who answers for nothing any more, and what still waits in their name."""

    user: User
    duties: list[tuple[str | Promise, int]]

    @property
    def open(self) -> int:
        return sum(count for _words, count in self.duties)


def people_left() -> list[Leaver]:
    """Those with something open first; a fixed number of queries whatever the number of people."""
    waiting = leaving.waiting()
    kinds = [burden for burden in leaving.burdens() if burden.is_duty]
    found = [
        Leaver(user, [(kind.words, waiting.get(user.pk, {}).get(kind.code, 0)) for kind in kinds])
        for user in User.objects.filter(Q(is_active=False) | Q(pk__in=waiting)).order_by("full_name", "pk")
    ]
    return sorted(found, key=lambda leaver: leaver.open == 0)


@dataclass(frozen=True)
class Told:
    """A record of leaving in words."""

    record: LeavingRecord
    counts: list[tuple[str | Promise, int]]


def leaving_records(user: User) -> list[Told]:
    words = {burden.code: burden.words for burden in leaving.burdens()}
    rows = LeavingRecord.objects.filter(user=user).select_related("done_by", "successor").order_by("-pk")
    return [Told(row, [(words.get(code, code), count) for code, count in row.record["counts"].items()]) for row in rows]


def newcomers() -> QuerySet[User]:
    """Accounts that wait for what reaches beyond their own matters, and those nobody has vouched for since."""
    return User.objects.filter(powers_from__isnull=False, is_active=True).order_by("-powers_from", "pk")


def owe_the_same(one: User, other: User) -> bool:
    return other.pk in owing_the_same(one)


def owing_the_same(user: User) -> set[int]:
    """Accounts that one administrator opened, armed or reset as well as this one, while nobody vouches for either.

    Else that administrator could be both of the people whom two are asked for, however long the accounts lie still.
    """
    waiting = User.objects.filter(powers_from__isnull=False).values("pk")
    with access.as_system("to whom an account is owed"):
        entries = JournalEntry.objects.filter(
            object_type=User._meta.label_lower, object_id__in=waiting, kind__in=ARMING
        )
        owed = set(entries.exclude(actor_id=F("object_id")).values_list("object_id", "actor_id").order_by())
    hands = {hand for owing, hand in owed if owing == user.pk}
    return {owing for owing, hand in owed if hand in hands}


def permissions_of(groups: Collection[Group]) -> frozenset[str]:
    """What the groups hold, whoever waits for it."""
    held = Permission.objects.filter(group__in=groups).values_list("content_type__app_label", "codename")
    return frozenset(f"{app}.{codename}" for app, codename in held.order_by().distinct())


def role_names(user: User) -> str:
    """From groups that were fetched before."""
    held = {group.name for group in user.groups.all()}
    return ", ".join(str(role.name) for name, role in ROLES.items() if name in held)


ADMINISTRATOR = "administrator"


def settled_administrators(now: datetime, apart_from: Collection[int] = ()) -> set[int]:
    """Active administrators who have been that for a while: a role given lately does not count yet."""
    long_ago = now - timedelta(days=settings.SECOND_ADMINISTRATOR_DAYS)
    people = User.objects.filter(is_active=True, groups__name=ADMINISTRATOR, joined_at__lte=long_ago)
    found = set(people.exclude(pk__in=apart_from).values_list("pk", flat=True))
    with access.as_system("since when somebody is administrator"):
        given = JournalEntry.objects.filter(
            kind="accounts.role_given",
            object_type=User._meta.label_lower,
            object_id__in=[0, *found],
            payload__facts__group_id=Group.objects.get(name=ADMINISTRATOR).pk,
            at__gt=long_ago,
        )
        return found - set(given.values_list("object_id", flat=True))


def able_to_sign_in(people: Collection[int], now: datetime) -> set[int]:
    """Those with a password and a second factor who have signed in before and whose account has not ended."""
    app = TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    passkey = Passkey.objects.filter(user=OuterRef("pk"), confirmed=True, copied_at=None)
    able = User.objects.filter(Exists(app) | Exists(passkey), pk__in=people, last_login__isnull=False)
    running = able.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate(now)))
    locked = UNUSABLE_PASSWORD_PREFIX
    return set(running.exclude(password__startswith=locked).values_list("pk", flat=True))


def is_settled_administrator(user: User, now: datetime) -> bool:
    return user.pk in settled_administrators(now)


def open_changes() -> QuerySet[AccountChange]:
    """Changes of how people sign in, those that wait first."""
    rows = AccountChange.objects.select_related("user", "asked_by", "confirmed_by")
    return rows.order_by(F("done_at").desc(nulls_first=True), "-pk")
