"""Walls as pages show them: whom they keep out, since when, and who has taken note."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from clients.models import Contact
from lawcrm import access
from lawcrm.accounts.models import GroupKind
from lawcrm.prepared import Prepared
from matters.models import (
    Matter,
    MatterGroupObjectPermission,
    MatterUserObjectPermission,
    Party,
    Wall,
    WallBar,
    WallNotice,
)
from matters.models.levels import Level

MOST = 50
UNANSWERED = Q(acknowledged_at=None, withdrawn_at=None)
State = WallBar.State


@dataclass(frozen=True, slots=True)
class Shown:
    """A wall with whom it keeps out, or kept out while it stood."""

    wall: Wall
    state: State
    kept_out: list[str]
    asked: list[WallNotice]

    @property
    def is_open(self) -> bool:
        return self.state != State.LIFTED

    @property
    def unanswered(self) -> list[WallNotice]:
        return [notice for notice in self.asked if notice.acknowledged_at is None]

    @property
    def around_client(self) -> bool:
        return self.wall.contact_id is not None


def of_matter(matter: Matter) -> list[Shown]:
    """Its own walls and those around its clients; three queries."""
    clients = Party.objects.filter(matter=matter, role=Party.Role.CLIENT).values("contact_id")
    return _shown(Wall.objects.filter(Q(matter=matter) | Q(contact__in=clients)))


def of_contact(contact: Contact) -> list[Shown]:
    return _shown(Wall.objects.filter(contact=contact))


def _shown(rows: QuerySet[Wall]) -> list[Shown]:
    latest = F("lowered_at").desc(nulls_first=True)
    walls = list(rows.select_related("raised_by").order_by(latest, "-raised_at", "-pk")[:MOST])
    if not walls:
        return []
    bars: defaultdict[int, list[WallBar]] = defaultdict(list)
    for bar in WallBar.objects.filter(wall__in=walls).select_related("user", "group"):
        bars[bar.wall_id].append(bar)
    asked: defaultdict[int, list[WallNotice]] = defaultdict(list)
    for notice in WallNotice.objects.filter(wall__in=walls, withdrawn_at=None).select_related("user").order_by("pk"):
        asked[notice.wall_id].append(notice)
    return [_one(wall, bars[wall.pk], asked[wall.pk]) for wall in walls]


def _one(wall: Wall, bars: Iterable[WallBar], asked: list[WallNotice]) -> Shown:
    still = [bar for bar in bars if bar.state != State.LIFTED]
    state = State(still[0].state) if still else State.LIFTED
    return Shown(wall, state, sorted(bar.name for bar in (still or bars)), asked)


def open_bars(wall: Wall) -> list[WallBar]:
    return list(WallBar.objects.filter(wall=wall).exclude(state=State.LIFTED))


def groups_to_keep_out(wall: Wall | None) -> QuerySet[Group]:
    """Practice groups that exist, and dissolved ones the wall keeps out: it must not let go of them unasked."""
    held = WallBar.objects.filter(wall=wall).exclude(state=State.LIFTED) if wall is not None else WallBar.objects.none()
    named = [bar.group_id for bar in held if bar.group_id is not None]
    existing = Q(kind__kind=GroupKind.Kind.PRACTICE, kind__dissolved_at=None)
    return Group.objects.filter(existing | Q(pk__in=named)).order_by("name")


def manages_client(contact: Contact) -> bool:
    """Whether the viewer manages a matter in which the contact is the client: who may wall it off."""
    viewer = access.required()
    groups = tuple(-principal for principal in viewer.principals if principal < 0)
    return _MANAGED.first(contact=contact.pk, user=viewer.user_id or 0, groups=groups) is not None


def _managed(*, contact: int, user: int, groups: tuple[int, ...]) -> QuerySet[Party, Any]:
    # By number, which the index of grants knows; by its name each grant would be looked at.
    managing = Permission.objects.filter(content_type__app_label="matters", codename=Level.MANAGE).values("pk")[:1]
    grants = (
        MatterUserObjectPermission.objects.filter(permission=managing, user=user),
        MatterGroupObjectPermission.objects.filter(permission=managing, group__in=groups),
    )
    any_at_all, of_it = (
        Exists(own) | Exists(shared)
        for own, shared in (grants, [rows.filter(content_object=OuterRef("matter")) for rows in grants])
    )
    # Whoever manages nothing is not asked about each of the thousand matters of a bank.
    return Party.objects.filter(any_at_all, of_it, contact=contact, role=Party.Role.CLIENT).values("pk")[:1]


_MANAGED = Prepared(_managed, one_plan=False)


def notices_of(user_id: int) -> QuerySet[WallNotice]:
    """What the person was asked to acknowledge, open ones first."""
    answered = F("acknowledged_at").asc(nulls_first=True)
    return WallNotice.objects.filter(user=user_id, withdrawn_at=None).order_by(answered, "-asked_at")


def unanswered(user_id: int) -> QuerySet[WallNotice]:
    return WallNotice.objects.filter(UNANSWERED, user=user_id)


def to_tell(person_id: int) -> list[WallNotice]:
    """What this person is asked, and who was reminded and is still silent at walls they raised; one query."""
    return _TO_TELL.ask(person=person_id)


def _to_tell(*, person: int) -> QuerySet[WallNotice]:
    raised = Wall.objects.filter(pk=OuterRef("wall"), raised_by=person, lowered_at=None)
    mine = Q(user=person) | Q(Exists(raised), reminded_at__isnull=False)
    return WallNotice.objects.filter(UNANSWERED, mine).select_related("user").order_by("asked_at")


_TO_TELL = Prepared(_to_tell)
