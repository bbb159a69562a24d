"""Ethical walls: keeping people out of a matter, or of a client with all its matters, whatever grants they hold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.db import sight
from matters.actions import break_glass, notices, own_grants, team
from matters.actions.wall_refusals import (
    AlreadyKeptOut,
    AlreadyLowered,
    EndsBeforeStart,
    EverybodySees,
    KeepsOutResponsible,
    KeepsOutYourself,
    NobodyKeptOut,
    NothingChanged,
    StartsInThePast,
)
from matters.models import Matter, Party, Wall, WallBar
from matters.queries import leading

State = WallBar.State


@dataclass(frozen=True, kw_only=True)
class Terms:
    """From when to when, and what those kept out are told; the start is now unless it lies ahead."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    notice: str = ""
    is_silent: bool = False


PLAIN = Terms()


@audit.attempt("matter.wall_raised", on="matter")
def raise_wall(  # noqa: PLR0913 - who keeps whom out of what, why, from when
    *,
    actor: User,
    matter: Matter,
    against: Sequence[team.Principal],
    reason: str,
    now: datetime,
    terms: Terms = PLAIN,
) -> Wall:
    """From its start nobody named sees the matter, in open sessions too, by whatever grant."""
    return _raise(actor, [matter], against, reason, terms, now)[0]


# Refused, it is kept about who tried: not everybody who sees the contact may learn of walls around it.
@audit.attempt("contact.wall_raised")
def raise_client_wall(  # noqa: PLR0913
    *,
    actor: User,
    contact: Contact,
    against: Sequence[team.Principal],
    reason: str,
    now: datetime,
    terms: Terms = PLAIN,
) -> Wall:
    """Out of the contact and of every matter in which it is the client, those opened later included."""
    if contact.is_directory:
        raise EverybodySees
    return _raise(actor, [contact], against, reason, terms, now)[0]


@audit.attempt("wall.changed", on="wall")
def change_wall(  # noqa: PLR0913
    *,
    actor: User,
    wall: Wall,
    against: Sequence[team.Principal],
    ends_at: datetime | None,
    reason: str,
    now: datetime,
) -> None:
    """Exactly these people and groups from now on, and another end; those who were added are asked as well."""
    team.require_reason(reason)
    wall = _locked(wall)
    bars = {bar.principal: bar for bar in WallBar.objects.filter(wall=wall).exclude(state=State.LIFTED)}
    wanted = {principal_of(one): one for one in against}
    if not wanted:
        raise NobodyKeptOut
    if wanted.keys() == bars.keys() and ends_at == wall.ends_at:
        raise NothingChanged
    added = [one for principal, one in wanted.items() if principal not in bars]
    gone = [bar.pk for principal, bar in bars.items() if principal not in wanted]
    if ends_at != wall.ends_at:
        _require_end(ends_at, max(wall.starts_at, now))
    _require_fit(actor, _around(wall), added)
    _lift(WallBar.objects.filter(pk__in=gone), now)
    state = State.PLANNED if wall.starts_at > now else State.STANDING
    audit.bulk_create(WallBar, [_bar(wall, one, state) for one in added])
    wall.ends_at = ends_at
    wall.save()
    notices.bring_up_to_date([wall.pk], now=now)
    own_grants.end_behind(wall)
    audit.record("wall.changed", wall, reason=reason, added=len(added), lifted=len(gone), ends_at=ends_at)


@audit.attempt("wall.lowered", on="wall")
def lower_wall(*, actor: User, wall: Wall, reason: str, now: datetime) -> None:  # noqa: ARG001
    """The wall and its bars stay as they were, lifted."""
    team.require_reason(reason)
    _end(_locked(wall), now)
    audit.record("wall.lowered", wall, reason=reason)


def keep_time(*, now: datetime) -> int:
    """Walls whose start or end has come; a late run lets one stand longer, or begin later, by its own lateness."""
    begun = WallBar.objects.filter(state=State.PLANNED, wall__starts_at__lte=now).values("wall_id")
    due = Wall.objects.filter(lowered_at=None)
    ids = {*due.filter(pk__in=begun).values_list("pk", flat=True)}
    ids |= {*due.filter(ends_at__lte=now).values_list("pk", flat=True)}
    return sum(_keep_time_of(wall, now) for wall in Wall.objects.filter(pk__in=ids).order_by("pk"))


@transaction.atomic
def _keep_time_of(wall: Wall, now: datetime) -> bool:
    try:
        wall = _locked(wall)
    except AlreadyLowered:
        return False
    if wall.ends_at is not None and wall.ends_at <= now:
        _end(wall, now)
        audit.record("wall.ended", wall)
        return True
    begun = audit.update(WallBar.objects.filter(wall=wall, state=State.PLANNED), state=State.STANDING)
    notices.bring_up_to_date([wall.pk], now=now)
    own_grants.end_behind(wall)
    audit.record("wall.begun", wall, bars=begun)
    return True


def _raise(  # noqa: PLR0913, PLR0917
    actor: User,
    around: Sequence[Matter] | Sequence[Contact],
    against: Sequence[team.Principal],
    reason: str,
    terms: Terms,
    now: datetime,
) -> list[Wall]:
    team.require_reason(reason)
    if not against:
        raise NobodyKeptOut
    starts_at = _start(terms, now)
    _require_end(terms.ends_at, starts_at)
    _lock(around)
    _require_fit(actor, around, against)
    notice = "" if terms.is_silent else terms.notice.strip() or notices.standard_words()
    walls = audit.bulk_create(
        Wall,
        [
            Wall(
                **{_noun(one): one},
                reason=reason,
                notice=notice,
                is_silent=terms.is_silent,
                raised_by=actor,
                raised_at=now,
                starts_at=starts_at,
                ends_at=terms.ends_at,
            )
            for one in around
        ],
    )
    state = State.PLANNED if starts_at > now else State.STANDING
    audit.bulk_create(WallBar, [_bar(wall, one, state) for wall in walls for one in against])
    notices.bring_up_to_date([wall.pk for wall in walls], now=now)
    for wall in walls:
        _record_raised(wall, against)
        own_grants.end_behind(wall)
    return walls


def _record_raised(wall: Wall, against: Sequence[team.Principal]) -> None:
    people = sum(isinstance(kept_out, User) for kept_out in against)
    audit.record(
        "contact.wall_raised" if wall.matter is None else "matter.wall_raised",
        wall,
        reason=wall.reason,
        wall_id=wall.pk,
        people=people,
        groups=len(against) - people,
        silent=wall.is_silent,
        starts_at=wall.starts_at,
        ends_at=wall.ends_at,
    )


def _start(terms: Terms, now: datetime) -> datetime:
    if terms.starts_at is not None and terms.starts_at < now:
        raise StartsInThePast
    return terms.starts_at or now


def _require_end(ends_at: datetime | None, starts_at: datetime) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise EndsBeforeStart


def principal_of(one: team.Principal) -> int:
    return one.pk if isinstance(one, User) else -one.pk


def _noun(one: Matter | Contact) -> str:
    return "matter" if isinstance(one, Matter) else "contact"


def _bar(wall: Wall, kept_out: team.Principal, state: WallBar.State) -> WallBar:
    user, group = (kept_out, None) if isinstance(kept_out, User) else (None, kept_out)
    return WallBar(wall=wall, matter_id=wall.matter_id, contact_id=wall.contact_id, user=user, group=group, state=state)


def _lock(around: Sequence[Matter] | Sequence[Contact]) -> None:
    contacts = [one.pk for one in around if isinstance(one, Contact)]
    for contact in contacts:
        sight.lock_client(contact)
    if not contacts:
        sight.lock([one.pk for one in around])


def _locked(wall: Wall) -> Wall:
    _lock(_around(wall))
    wall = Wall.objects.select_for_update(of=("self",)).get(pk=wall.pk)
    if wall.lowered_at is not None:
        raise AlreadyLowered
    return wall


def _around(wall: Wall) -> list[Matter] | list[Contact]:
    return [wall.matter] if wall.matter is not None else [wall.contact] if wall.contact is not None else []


def _end(wall: Wall, now: datetime) -> None:
    _lift(WallBar.objects.filter(wall=wall).exclude(state=State.LIFTED), now)
    wall.lowered_at = now
    wall.save()
    notices.bring_up_to_date([wall.pk], now=now)


def _lift(bars: QuerySet[WallBar], now: datetime) -> None:
    """A break-glass the wall has cut off does not come back with it."""
    break_glass.end_walled(now=now)
    audit.update(bars, state=State.LIFTED)


def _require_fit(actor: User, around: Sequence[Matter] | Sequence[Contact], against: Sequence[team.Principal]) -> None:
    """Groups are looked into: who is in a group that is kept out is kept out."""
    for one in against:
        team.require_practice(one)
    _require_free(around, against)
    groups = [one for one in against if isinstance(one, Group)]
    out = {one.pk for one in against if isinstance(one, User)}
    out |= set(User.objects.filter(groups__in=groups).values_list("pk", flat=True))
    if actor.pk in out and not access.required().system:
        raise KeepsOutYourself
    _require_led(_closed_by(around), out)


def _closed_by(around: Sequence[Matter] | Sequence[Contact]) -> list[Matter]:
    """The matters, as far as the actor sees them: a refusal must not speak of others (docs/decisions/walls.md)."""
    contacts = [one.pk for one in around if isinstance(one, Contact)]
    if not contacts:
        return list(Matter.objects.filter(pk__in=[one.pk for one in around]))
    client = Party.objects.filter(matter=OuterRef("pk"), contact__in=contacts, role=Party.Role.CLIENT)
    return list(Matter.objects.filter(Exists(client)))


def _require_led(matters: Collection[Matter], out: Collection[int]) -> None:
    for matter in matters:
        if matter.responsible_id in out:
            raise KeepsOutResponsible(matter.number)
    if leading.would_lose_manager(matters, out) is not None:
        raise team.LastManager


def _require_free(around: Sequence[Matter] | Sequence[Contact], against: Sequence[team.Principal]) -> None:
    wanted = {principal_of(one) for one in against}
    column = f"{_noun(around[0])}__in"
    open_bars = WallBar.objects.filter(**{column: [one.pk for one in around]}).exclude(state=State.LIFTED)
    for bar in open_bars.select_related("user", "group"):
        if bar.principal in wanted:
            raise AlreadyKeptOut(bar.name, bar.wall)
