"""Ethical walls: keeping people out of a matter whatever grants they hold."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.db import sight
from matters.actions import team
from matters.actions.refused import Refused
from matters.models import Matter, Wall, WallBar


class NobodyKeptOut(Refused):
    def __init__(self) -> None:
        super().__init__(_("Choose whom the wall keeps out."))


class KeepsOutYourself(Refused):
    def __init__(self) -> None:
        super().__init__(_("This wall would keep you out yourself. Someone else must raise it."))


class KeepsOutResponsible(Refused):
    def __init__(self) -> None:
        super().__init__(_("The responsible lawyer cannot be kept out. Name another one first."))


class AlreadyLowered(Refused):
    def __init__(self) -> None:
        super().__init__(_("This wall was already lowered."))


@transaction.atomic
def raise_wall(*, actor: User, matter: Matter, against: Sequence[team.Principal], reason: str, now: datetime) -> Wall:
    """From this moment nobody named sees the matter, in open sessions too, by whatever grant."""
    team.require_reason(reason)
    if not against:
        raise NobodyKeptOut
    for kept_out in against:
        if isinstance(kept_out, Group):
            team.require_grantable(kept_out)
    _require_someone_inside(actor, matter, against)
    sight.lock([matter.pk])
    wall = Wall.objects.create(matter=matter, reason=reason, raised_by=actor, raised_at=now)
    audit.bulk_create(WallBar, [_bar(wall, kept_out) for kept_out in against])
    people = sum(isinstance(kept_out, User) for kept_out in against)
    audit.record("matter.wall_raised", matter, reason=reason, people=people, groups=len(against) - people)
    return wall


@transaction.atomic
def lower_wall(*, actor: User, wall: Wall, reason: str, now: datetime) -> None:  # noqa: ARG001
    """The wall's row stays with its reason; whom it kept out stays in the history of its bars."""
    team.require_reason(reason)
    sight.lock([wall.matter_id])
    wall = Wall.objects.select_for_update(of=("self",)).get(pk=wall.pk)
    if wall.ends_at is not None:
        raise AlreadyLowered
    WallBar.objects.filter(wall_id=wall.pk).delete()
    wall.ends_at = now
    wall.save()
    audit.record("matter.wall_lowered", wall.matter, reason=reason)


def _bar(wall: Wall, kept_out: team.Principal) -> WallBar:
    if isinstance(kept_out, User):
        return WallBar(wall=wall, matter_id=wall.matter_id, user=kept_out)
    return WallBar(wall=wall, matter_id=wall.matter_id, group=kept_out)


def _require_someone_inside(actor: User, matter: Matter, against: Sequence[team.Principal]) -> None:
    """Groups are looked into: who is in a group that is kept out is kept out."""
    out = {person.pk for person in against if isinstance(person, User)}
    groups = [group for group in against if isinstance(group, Group)]
    out |= set(User.objects.filter(groups__in=groups).values_list("pk", flat=True))
    if actor.pk in out and not access.required().system:
        raise KeepsOutYourself
    if matter.responsible_id in out:
        raise KeepsOutResponsible
    if not team.managers_left(matter, without=out):
        raise team.LastManager
