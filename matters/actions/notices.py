"""Telling people that a wall keeps them out: asked once, acknowledged once, reminded until then."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from lawcrm import access, audit, outbox
from lawcrm.accounts.models import User
from matters.actions.refused import Refused
from matters.models import Wall, WallBar, WallNotice

KIND = "matters.wall_notice"
REMIND_AFTER = timedelta(days=3)
BATCH = 200
OPEN = Q(acknowledged_at=None, withdrawn_at=None)


class AlreadyAcknowledged(Refused):
    def __init__(self) -> None:
        super().__init__(_("You have acknowledged this before."))


class NoLongerAsked(Refused):
    def __init__(self) -> None:
        super().__init__(_("This notice has been withdrawn. Nothing is asked of you any more."))


def standard_words() -> str:
    return _(
        "An information barrier concerns you: there is work of the firm that you do not take part in, and you are"
        " not told which. Do not look for it, do not ask colleagues about it, and if something of it reaches you by"
        " mistake, do not read it and tell the sender at once."
    )


@transaction.atomic
def bring_up_to_date(walls: Collection[int] | None = None, *, now: datetime) -> int:
    """Ask those whom standing walls keep out, members of groups included; withdraw what asks others."""
    with access.as_system("ask those kept out to take note"):
        bars = WallBar.objects.filter(state=WallBar.State.STANDING, wall__is_silent=False)
        rows = WallNotice.objects.filter(withdrawn_at=None)
        if walls is not None:
            bars, rows = bars.filter(wall__in=walls), rows.filter(wall__in=walls)
        withdrawn = rows.exclude(_kept_out("user")).exclude(_kept_out("group__user")).update(withdrawn_at=now)
        return withdrawn + _ask(bars, now)


def _kept_out(column: str) -> Exists:
    bars = WallBar.objects.filter(wall=OuterRef("wall"), state=WallBar.State.STANDING)
    return Exists(bars.filter(**{column: OuterRef("user")}))


def _ask(bars: QuerySet[WallBar], now: datetime) -> int:
    missing = {*_unasked(bars, "user"), *_unasked(bars, "group__user")}
    words: dict[int, str] = dict(
        Wall.objects.filter(pk__in={wall for wall, _user in missing}).values_list("pk", "notice")
    )
    asked = [WallNotice(wall_id=wall, user_id=user, text=words[wall], asked_at=now) for wall, user in sorted(missing)]
    # Whoever left a group that is kept out and came back goes on in the same row.
    WallNotice.objects.bulk_create(
        asked, update_conflicts=True, unique_fields=["wall", "user"], update_fields=["withdrawn_at"]
    )
    return len(asked)


def _unasked(bars: QuerySet[WallBar], column: str) -> QuerySet[Any, Any]:
    person = F(column)
    known = WallNotice.objects.filter(wall=OuterRef("wall"), user=OuterRef("person"), withdrawn_at=None)
    rows = bars.filter(**{f"{column}__is_active": True}).annotate(person=person)
    return rows.filter(~Exists(known)).values_list("wall_id", "person")


@audit.attempt("wall.acknowledged", on="notice")
def acknowledge(*, actor: User, notice: WallNotice, now: datetime) -> None:
    notice = WallNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk, user=actor)
    if notice.acknowledged_at is not None:
        raise AlreadyAcknowledged
    if notice.withdrawn_at is not None:
        raise NoLongerAsked
    notice.acknowledged_at = now
    notice.save(update_fields=["acknowledged_at"])
    with access.as_system("the wall is hidden from whom it keeps out"):
        audit.record("wall.acknowledged", notice.wall, user_id=actor.pk)


def remind(*, now: datetime) -> int:
    """By mail, some days after being asked and again after each reminder; whoever asked sees it with the wall."""
    reminded = 0
    while taken := _remind_batch(now):
        reminded += taken
    return reminded


@transaction.atomic
def _remind_batch(now: datetime) -> int:
    before = now - REMIND_AFTER
    late = WallNotice.objects.filter(OPEN, asked_at__lte=before, user__is_active=True)
    late = late.filter(Q(reminded_at=None) | Q(reminded_at__lte=before)).order_by("pk")
    batch = list(late.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    for notice in batch:
        who, day = outbox.staff(notice.user_id), f"{now:%Y%m%d}"
        outbox.put(kind=KIND, recipient=who, thing_id=notice.pk, dedupe=day, not_before=now)
    return WallNotice.objects.filter(pk__in=[notice.pk for notice in batch]).update(reminded_at=now)
