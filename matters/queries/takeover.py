"""What nobody can hand over since its only manager left or is kept out; who may ask, and who may be the second."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from clients.actions.leaving import left_behind
from lawcrm import access
from lawcrm.accounts.models import LeavingRecord, User
from lawcrm.accounts.queries import owing_the_same
from lawcrm.accounts.reach import settled
from lawcrm.db.arrays import AmongThem
from matters.models import (
    Matter,
    MatterGroupObjectPermission,
    MatterUserObjectPermission,
    Party,
    Takeover,
    WallBar,
)
from matters.models.levels import Level
from matters.queries import leading
from matters.queries.succession import ADMINISTERING, ANSWERING, holders, unable_to_answer

ASKING, CONFIRMING = "matters.ask_takeover", "matters.confirm_takeover"


def waiting() -> QuerySet[Matter]:
    """Matters that nobody at work and outside every wall manages, nor answers for. Ask in system scope."""
    able = _at_work(timezone.localdate()).filter(pk__in=holders(ANSWERING).values("pk"))
    direct = _managing(MatterUserObjectPermission).filter(user__in=able)
    shared = _managing(MatterGroupObjectPermission).filter(group__user__in=able)
    mine = direct.exclude(_barred("user_id")).exclude(_in_barred_group("user_id"))
    ours = shared.exclude(_barred("group__user__pk")).exclude(_in_barred_group("group__user__pk"))
    nobody = Matter.objects.filter(unable_to_answer()).values("pk")
    led_by_nobody = nobody.union(_does_not_manage().values("pk"), _shut_out().values("pk"))
    return Matter.objects.filter(AmongThem(F("pk"), ArraySubquery(led_by_nobody)), ~Exists(mine), ~Exists(ours))


def left_alone() -> QuerySet[Matter]:
    """With those that somebody manages, but nobody who could answers for."""
    return Matter.objects.filter(unable_to_answer() | Q(pk__in=waiting().values("pk")))


def _does_not_manage() -> QuerySet[Matter]:
    """Matters whose lawyer came back to the firm, or to the function, and not to them."""
    own = MatterUserObjectPermission.objects.filter(
        content_object=OuterRef("pk"), user=OuterRef("responsible"), permission__codename=Level.MANAGE
    )
    return Matter.objects.filter(~Exists(own), responsible__in=LeavingRecord.objects.values("user"))


def _shut_out() -> QuerySet[Matter]:
    """Matters whose lawyer a wall around the client keeps out; one around the matter itself never does."""
    bars = WallBar.objects.filter(contact__isnull=False, state=WallBar.State.STANDING)
    clients = Party.objects.filter(contact__in=bars.values("contact_id"), role=Party.Role.CLIENT)
    groups = User.groups.through.objects.filter(user_id=OuterRef("responsible_id"))
    in_group = Exists(groups.filter(AmongThem(-F("group_id"), OuterRef("deny"))))
    rows = Matter.objects.filter(pk__in=clients.values("matter_id"))
    return rows.filter(Q(AmongThem(F("responsible_id"), F("deny"))) | Q(in_group))


def _managing(grants: type[MatterUserObjectPermission] | type[MatterGroupObjectPermission]) -> QuerySet:  # type: ignore[type-arg]
    """Grants to manage the matter of the outer query, with those it is closed to."""
    rows: QuerySet = grants._default_manager.all()  # type: ignore[type-arg]
    managing = rows.filter(content_object=OuterRef("pk"), permission__codename=Level.MANAGE)
    closed: QuerySet = managing.alias(deny=OuterRef("deny"))  # type: ignore[type-arg]
    return closed


def _barred(person: str) -> AmongThem:
    return AmongThem(F(person), F("deny"))


def _in_barred_group(person: str) -> Exists:
    held = User.groups.through.objects.filter(user_id=OuterRef(person))
    return Exists(held.filter(AmongThem(-F("group_id"), OuterRef("deny"))))


def _at_work(today: date) -> QuerySet[User]:
    return User.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), is_active=True, is_external=False)


def partners() -> QuerySet[User]:
    return _fit(ASKING)


def _fit(permission: str) -> QuerySet[User]:
    """People of the firm at work with the permission who keep no accounts."""
    people = _at_work(timezone.localdate()).filter(settled(timezone.now()), pk__in=holders(permission).values("pk"))
    keepers = Q(is_staff=True) | Q(is_superuser=True) | Q(pk__in=holders(ADMINISTERING).values("pk"))
    return people.exclude(keepers).order_by("full_name", "pk")


def seconds(asker: User, successor: User, matter: Matter | None) -> QuerySet[User]:
    """Another partner; in a firm with no other a data protection officer.

    Never who gets it, nobody who owes the account to the same administrator as the asker, and nobody whom a wall
    keeps out of the matter.
    """
    same = {asker.pk, *owing_the_same(asker)}
    several = partners().exclude(pk__in=same).exists()
    people = _fit(ASKING if several else CONFIRMING).exclude(pk__in={*same, successor.pk})
    with access.as_system("walls around what is taken over"):
        barred = leading.barred_from(matter) if matter is not None else set()
    groups = User.objects.filter(groups__in=[-one for one in barred if one < 0])
    return people.exclude(pk__in=[one for one in barred if one > 0]).exclude(pk__in=groups.values("pk"))


@dataclass(slots=True)
class Left:
    """What waits of one person, in numbers."""

    leaver_id: int
    matters: int = 0
    contacts: int = 0


def unmanaged(user: User) -> int:
    with access.as_system("what waits for a takeover"):
        return waiting().filter(responsible=user).count()


def by_leaver(principals: Collection[int] = ()) -> list[Left]:
    """One query for everything that waits and no wall keeps from who holds these principals."""
    with access.as_system("what waits for a takeover"):
        told = waiting().exclude(leading.closed_to(principals)).order_by()
        matters = told.values("responsible_id").annotate(n=Count("pk"), contacts=Value(0))
        contacts = left_behind().exclude(deny__overlap=list(principals)).order_by()
        bundles = contacts.values("created_by_id").annotate(matters=Value(0), n=Count("pk"))
        counts = matters.values_list("responsible_id", "n", "contacts").union(
            bundles.values_list("created_by_id", "matters", "n"), all=True
        )
        found: dict[int, Left] = {}
        for leaver_id, some, others in counts:
            left = found.setdefault(leaver_id, Left(leaver_id))
            left.matters += some
            left.contacts += others
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to take over, by number alone; `key` names it in a form."""

    key: str
    leaver: User
    matter: Matter | None = None
    contacts: int = 0
    asked: list[Takeover] = field(default_factory=list)

    @property
    def number(self) -> str:
        return self.matter.number if self.matter else ""


def things() -> list[Thing]:
    """What waits, as far as no wall keeps it from who asks: matters by number, then each person's contacts as one."""
    principals = access.required().principals
    with access.as_system("what waits for a takeover"):
        told = waiting().exclude(leading.closed_to(principals))
        rows = list(told.only("pk", "public_id", "number", "responsible_id", "deny").order_by("number"))
        counts = {left.leaver_id: left.contacts for left in by_leaver(principals) if left.contacts}
        people = User.objects.in_bulk({row.responsible_id for row in rows} | counts.keys())
        asked = list(open_ones())
    found = [Thing(str(row.public_id), people[row.responsible_id], row, asked=_of(asked, row)) for row in rows]
    for leaver_id, count in counts.items():
        leaver = people[leaver_id]
        own = [each for each in asked if each.matter_id is None and each.leaver_id == leaver_id]
        found.append(Thing(f"contacts-{leaver.public_id}", leaver, contacts=count, asked=own))
    return found


def _of(asked: list[Takeover], matter: Matter) -> list[Takeover]:
    return [each for each in asked if each.matter_id == matter.pk]


def open_ones() -> QuerySet[Takeover]:
    return Takeover.objects.filter(answer="").select_related("asked_by", "successor", "leaver").order_by("asked_at")


def matter_of(takeover: Takeover) -> Matter | None:
    with access.as_system("matter to be taken over"):
        return Matter.objects.filter(pk=takeover.matter_id or 0).defer("summary").first()


def number_of(takeover: Takeover) -> str:
    """The number of its matter, which is all that is told of it; "" for contacts."""
    with access.as_system("number of a matter to be taken over"):
        return Matter.objects.filter(pk=takeover.matter_id or 0).values_list("number", flat=True).first() or ""
