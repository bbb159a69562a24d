"""Practice groups that walls keep out: whoever leaves one stays out, and nobody joins whom a matter cannot lose."""

from collections.abc import Collection, Iterable
from typing import cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import access, audit, outbox
from lawcrm.accounts.models import User
from lawcrm.accounts.notices import reader_of
from lawcrm.db import sight
from lawcrm.models.outbox import OutboxMessage
from matters.actions import notices, own_grants
from matters.actions.refused import Refused
from matters.models import Matter, MatterGroupObjectPermission, MatterUserObjectPermission, Party, Wall, WallBar
from matters.models.levels import Level
from matters.queries import leading

KIND = "matters.wall_member_left"
OPEN = ~Q(state=WallBar.State.LIFTED)


class CannotJoin(Refused):
    """Says nothing of walls: whoever keeps the group may not know what it is kept out of."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody cannot join this group as things stand: they would have to hand over work of theirs first.")
        )


def subscribe() -> None:
    audit.subscribe("accounts.group_left", keep_out)
    audit.subscribe("accounts.group_joined", require_led)


def keep_out(event: audit.Event) -> None:
    """Whom a wall kept out through the group, and through nothing else of that wall, it keeps out by name.

    What the group alone let them into is closed to them, and with it what they entered there.
    """
    person = _person(event)
    now = timezone.now()
    with access.as_system(event.reason):
        seen = seen_by(event.object.pk)
        lock(event.object.pk, seen.filter(pk__in=own_grants.with_own(person)).values_list("pk", flat=True))
        own_grants.end_of_left(person, seen, reason=event.reason)
        bars = [_by_name(bar, person) for bar in _bars(event.object.pk).exclude(_covered(person))]
        audit.bulk_create(WallBar, bars)
        for wall in Wall.objects.filter(pk__in=[bar.wall_id for bar in bars]).order_by("pk"):
            facts = {"user_id": person.pk, "group_id": event.object.pk}
            audit.record("wall.member_kept_out", wall, reason=event.reason, **facts)
            _tell(wall, but={person.pk, event.actor_id})
        if bars:
            notices.bring_up_to_date([bar.wall_id for bar in bars], now=now)


def require_led(event: audit.Event) -> None:
    """Asked once the person is in the group, as everybody else's answer would be."""
    person = _person(event)
    with access.as_system("whom a matter cannot do without"):
        lock(event.object.pk)
        managing = MatterUserObjectPermission.objects.filter(
            content_object=OuterRef("pk"), user=person, permission__codename=Level.MANAGE
        )
        closed = Matter.objects.filter(pk__in=closed_to(event.object.pk)).defer("summary")
        if closed.filter(responsible=person).exists():
            raise CannotJoin
        if leading.without_manager(list(closed.filter(Exists(managing))), ()) is not None:
            raise CannotJoin
        for wall in Wall.objects.filter(pk__in=_bars(event.object.pk).values("wall_id")).order_by("pk"):
            own_grants.end_behind(wall, [person.pk])


def _person(event: audit.Event) -> User:
    return User.objects.get(pk=cast("int", event.facts["user_id"]))


def closed_to(group_id: int) -> list[int]:
    """Matters that walls of today or planned ones close to the group."""
    bars = _bars(group_id)
    clients = Party.objects.filter(contact__in=bars.values("contact_id"), role=Party.Role.CLIENT)
    return list(
        Matter.objects.filter(Q(pk__in=bars.values("matter_id")) | Q(pk__in=clients.values("matter_id"))).values_list(
            "pk", flat=True
        )
    )


def seen_by(group_id: int) -> QuerySet[Matter]:
    given = MatterGroupObjectPermission.objects.filter(group_id=group_id, permission__codename="view_matter")
    return Matter.objects.filter(pk__in=given.values("content_object_id"))


def may_tell(message: OutboxMessage) -> bool:
    """Asked as the person: whoever sees the wall no more, or answers for nothing behind it, is told nothing."""
    person = reader_of(message)
    if person is None:
        return False
    with access.as_user(person, source="job"):
        wall = Wall.objects.filter(pk=message.thing_id, lowered_at=None).first()
        return wall is not None and person.pk in _answering(wall)


def _bars(group_id: int) -> QuerySet[WallBar]:
    return WallBar.objects.filter(OPEN, group=group_id).order_by("pk")


def _covered(person: User) -> Exists:
    """The same wall names the person, or keeps out another group they are in."""
    others = WallBar.objects.filter(OPEN, Q(user=person) | Q(group__in=person.groups.all()), wall=OuterRef("wall"))
    return Exists(others)


def _by_name(bar: WallBar, person: User) -> WallBar:
    return WallBar(wall=bar.wall, matter_id=bar.matter_id, contact_id=bar.contact_id, user=person, state=bar.state)


def lock(group_id: int, matters: Iterable[int] = ()) -> None:
    """What walls close to the group, and these matters. Bars are read again once nobody can change them."""
    bars = list(_bars(group_id))
    contacts = [bar.contact_id for bar in bars if bar.contact_id is not None]
    closed = [bar.matter_id for bar in bars if bar.matter_id is not None]
    sight.lock_around(contacts, [*closed, *matters])


def _tell(wall: Wall, *, but: Collection[int | None]) -> None:
    today = timezone.localdate().isoformat()
    for user_id in _answering(wall) - {*but}:
        outbox.put(kind=KIND, recipient=outbox.staff(user_id), thing_id=wall.pk, dedupe=today)


def _answering(wall: Wall) -> set[int]:
    """Who raised it, and who answers for what it closes; as far as the viewer sees that."""
    clients = Party.objects.filter(contact=wall.contact_id or 0, role=Party.Role.CLIENT)
    closed = Matter.objects.filter(Q(pk=wall.matter_id or 0) | Q(pk__in=clients.values("matter_id")))
    return {wall.raised_by_id, *closed.values_list("responsible_id", flat=True)}
