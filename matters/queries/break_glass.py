"""Who may break the glass, what was asked, what is running, and what was read by it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from lawcrm import access, principals
from lawcrm.accounts.models import User
from lawcrm.accounts.queries import owing_the_same
from lawcrm.accounts.reach import settled
from lawcrm.models import ReadEntry
from lawcrm.prepared import Prepared
from matters.models import BreakGlass, BreakGlassRequest, Matter
from matters.models.break_glass import FLAG
from matters.models.levels import Level
from matters.queries import leading
from matters.queries.team import holders_of, level_among

BREAKING, REVIEWING = "matters.break_glass", "matters.review_break_glass"
MOST_READS = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that was read by break-glass."""

    noun: str
    what: str
    at: datetime


def is_entitled(user: User) -> bool:
    """A lawyer of the firm at work who is no administrator."""
    at_work = user.is_active and not user.has_ended and not user.is_external
    return at_work and BREAKING in user.role_permissions() and not user.keeps_accounts


def second_people(asker: User) -> QuerySet[User]:
    """Everybody entitled who owes the account to somebody else than the asker; walls play no part.

    Were they asked, the choice would tell of them.
    """
    keeps_accounts = _holding("accounts.change_user").values("pk")
    others = _holding(BREAKING).filter(settled(timezone.now())).exclude(pk__in={asker.pk, *owing_the_same(asker)})
    others = others.exclude(pk__in=keeps_accounts)
    return others.exclude(Q(is_staff=True) | Q(is_superuser=True) | Q(is_external=True)).order_by("full_name", "pk")


def officers() -> QuerySet[User]:
    """Who is told of every break-glass."""
    return _holding(REVIEWING).filter(settled(timezone.now())).order_by("pk")


def _holding(permission: str) -> QuerySet[User]:
    app, codename = permission.split(".")
    held = {"groups__permissions__content_type__app_label": app, "groups__permissions__codename": codename}
    at_work = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    return User.objects.filter(at_work, is_active=True, **held).distinct()


def _principals(user_id: int, now: datetime) -> QuerySet[BreakGlass, tuple[int, datetime | None]]:
    rows = BreakGlass.objects.filter(holder=user_id, ended_at=None, ends_at__gt=now)
    return rows.values_list(F("pk") + access.BREAK_GLASS, "ends_at")


# Sight ends here, when time, role or account do, without any job.
SOURCE = principals.Source(is_entitled, _principals)


def until_of(matter: Matter) -> datetime | None:
    """When the viewer's break-glass on this matter ends; None also for whoever sees it anyway. Asks nothing."""
    viewer = access.required()
    acl = set(matter.acl)
    if not viewer.lapses or acl & set(viewer.lasting().principals):
        return None
    return max((until for principal, until in viewer.lapses if principal in acl), default=None)


def running_in(matter: Matter) -> list[BreakGlass]:
    """One query, and none for a matter whose `acl` holds no such principal."""
    if not any(principal > access.BREAK_GLASS for principal in matter.acl):
        return []
    return list(_running().filter(matter=matter).order_by("ends_at"))


def of_matter(matter: Matter) -> list[BreakGlass]:
    return list(BreakGlass.objects.filter(matter=matter).select_related("holder", "confirmer").order_by("-began_at"))


def _running(now: datetime | None = None) -> QuerySet[BreakGlass]:
    running = BreakGlass.objects.filter(ended_at=None, ends_at__gt=now or timezone.now())
    return running.select_related("holder", "confirmer")


def count_of(user: User) -> int:
    """What of it belongs to a person: running sight and requests nobody has answered."""
    running = BreakGlass.objects.filter(holder=user, ended_at=None).count()
    return running + open_requests_of(user).count()


def open_requests_of(user: User) -> QuerySet[BreakGlassRequest]:
    return BreakGlassRequest.objects.filter(asker=user, answer="")


def concerning(person: User) -> list[BreakGlass]:
    """Running ones a person is told of on the front page.

    Their own and those in their matters; an officer hears of all that no wall keeps from them.
    """
    if access.required().flags & {FLAG}:
        return list(_running().exclude(matter__in=_kept_from_officer()).order_by("ends_at"))
    return _CONCERNING.ask(person=person.pk, now=timezone.now())


def _concerning(*, person: int, now: datetime) -> QuerySet[BreakGlass]:
    theirs = Exists(Matter.objects.filter(pk=OuterRef("matter_id"), responsible=person))
    return _running(now).filter(Q(theirs) | Q(holder=person)).order_by("ends_at")


def waiting_for(person: User) -> list[BreakGlassRequest]:
    """Requests only this person can confirm."""
    return _WAITING_FOR.ask(person=person.pk, now=timezone.now())


def _waiting_for(*, person: int, now: datetime) -> QuerySet[BreakGlassRequest]:
    rows = BreakGlassRequest.objects.filter(confirmer=person, answer="", closes_at__gt=now)
    return rows.select_related("asker").order_by("closes_at")


_CONCERNING, _WAITING_FOR = Prepared(_concerning), Prepared(_waiting_for)


def requests() -> QuerySet[BreakGlassRequest]:
    """What one asked or is asked to confirm; an officer sees all but what a wall keeps from them."""
    viewer = access.required()
    own = Q(asker=viewer.user_id) | Q(confirmer=viewer.user_id)
    rows = BreakGlassRequest.objects.filter(own | ~Q(number__in=_kept_from_officer().values()))
    return rows.select_related("asker", "confirmer").order_by("-asked_at", "-pk")


def effects() -> QuerySet[BreakGlass]:
    return BreakGlass.objects.exclude(matter__in=_kept_from_officer())


def _kept_from_officer() -> dict[int, str]:
    """Numbers of matters somebody asked for and a wall, a planned one too, closes to the viewer: no mail names them."""
    viewer = access.required()
    if FLAG not in viewer.flags:
        return {}
    with access.as_system("what a wall keeps from an officer"):
        asked = Matter.objects.filter(number__in=BreakGlassRequest.objects.values("number"))
        return dict(asked.filter(leading.closed_to(viewer.principals)).values_list("pk", "number"))


def effect_of(asked: BreakGlassRequest) -> BreakGlass | None:
    return BreakGlass.objects.filter(request_id=asked.pk).first()


def numbers_of(rows: list[BreakGlass]) -> dict[int, str]:
    """Numbers of their matters, also for an officer, who sees nothing else of them."""
    with access.as_system("number of a matter under break-glass"):
        return dict(Matter.objects.filter(pk__in={row.matter_id for row in rows}).values_list("pk", "number"))


def readings_of(glass: BreakGlass) -> list[Reading]:
    entries = ReadEntry.objects.filter(break_glass_id=glass.pk).order_by("-at", "-pk")[:MOST_READS]
    return [Reading(_noun(entry.object_type), entry.what, entry.at) for entry in entries]


def _noun(label: str) -> str:
    model: Any = apps.get_model(label)
    return str(model._meta.verbose_name)


def may_end(glass: BreakGlass, person: User) -> BreakGlass.Ending | None:
    """As what the person may end it: as holder, officer or manager of the matter; None if as nothing."""
    viewer = access.required()
    if glass.holder_id == person.pk:
        return BreakGlass.Ending.HOLDER
    if FLAG in viewer.flags:
        return BreakGlass.Ending.OFFICER
    matter = Matter.objects.filter(pk=glass.matter_id).first()
    level = level_among(holders_of(matter), viewer) if matter is not None else None
    return BreakGlass.Ending.MANAGER if level is Level.MANAGE else None
