"""Which matters and groups are due for an access review, who holds access, and who is to be asked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Mod

from lawcrm.accounts.actions import practice
from lawcrm.accounts.models import GroupKind, User
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from matters.models import Matter, MatterGroupObjectPermission, MatterUserObjectPermission
from matters.models.levels import Level, highest
from privacy.models import GroupReview, MatterReview, Review
from privacy.models.review import BETWEEN, ONLY, TIMES_ASKED, ReviewRules

ASKED = "privacy.review_asked"
KEEPS_ROLES = "accounts.change_user"
HANDED_OVER = timedelta(days=3)  # how far back a change of the responsible lawyer is looked for


@dataclass(frozen=True, slots=True)
class Holder:
    """A grant as it is asked about: a person or a group with the highest level it has."""

    matter_id: int
    user_id: int | None
    group_id: int | None
    level: Level


def rules() -> ReviewRules:
    """The firm's rules, or those a firm starts with."""
    return ReviewRules.objects.filter(pk=ONLY).first() or ReviewRules(pk=ONLY, began_on=date.max)


def slot_of(days: int, today: date) -> Func:
    """The latest day of a row's own schedule: its number spreads the rows evenly over the period."""
    since = Mod(F("pk") + Value(today.toordinal()), Value(days))
    return Func(
        Value(today), since, template="(%(expressions)s::int)", arg_joiner="::date - ", output_field=models.DateField()
    )


def due_matters(today: date, cause: str = Review.Cause.SCHEDULE) -> QuerySet[Any]:
    """Matters somebody beside the responsible lawyer has access to, whose day has come and was not answered for.

    People from outside have days of their own, between those of the whole matter, which cover them too.
    """
    firm = rules()
    outside = cause == Review.Cause.EXTERNAL
    slot = slot_of(firm.external_days if outside else firm.matter_days, today)
    reviews = MatterReview.objects.filter(matter=OuterRef("pk"))
    answering = Q(slot__gte=OuterRef("slot")) if outside else Q(slot__gte=OuterRef("slot")) & ~Q(cause="external")
    due: QuerySet[Any] = with_others(Matter.objects.annotate(slot=slot))
    if outside:
        # Read first, as few matters are open to people from outside: joined, a bad guess of the planner takes minutes.
        due = due.filter(pk__in=set(grants_outside().values_list("content_object_id", flat=True)))
    due = due.filter(~Exists(reviews.filter(Q(closed_at=None) | answering)))
    return due.filter(slot__gte=firm.began_on, opened_on__lte=F("slot")).order_by("pk")


def grants_outside() -> QuerySet[MatterUserObjectPermission]:
    return MatterUserObjectPermission.objects.filter(user__is_external=True)


def grants_outside_any(matters: Iterable[int]) -> QuerySet[Any, int]:
    """People from outside among those with access."""
    return grants_outside().filter(content_object__in=list(matters)).values_list("user_id", flat=True)


def with_others(matters: QuerySet[Any]) -> QuerySet[Any]:
    """Matters somebody beside the responsible lawyer has access to."""
    alone = Func(
        F("responsible_id"),
        template="array[%(expressions)s]::int[]",
        output_field=ArrayField(models.IntegerField()),
    )
    others: QuerySet[Any] = matters.annotate(alone=alone)
    return others.exclude(acl__contained_by=F("alone"))


def reviewed_groups() -> QuerySet[Group]:
    return Group.objects.filter(kind__dissolved_at=None, kind__isnull=False, user__is_active=True).distinct()


def due_groups(today: date) -> QuerySet[Group]:
    firm = rules()
    reviews = GroupReview.objects.filter(group=OuterRef("pk"))
    covered = reviews.filter(Q(closed_at=None) | Q(slot__gte=OuterRef("slot")))
    due = Group.objects.annotate(slot=slot_of(firm.group_days, today)).filter(
        kind__isnull=False, kind__dissolved_at=None
    )
    return due.filter(~Exists(covered), slot__gte=firm.began_on).order_by("pk")


def handed_over(now: datetime) -> dict[int, datetime]:
    """Matters whose responsible lawyer changed lately, and when: the new one is asked at once."""
    changed = ("matter.handed_over", "matter.responsibility_handed_over")
    entries = JournalEntry.objects.filter(kind__in=changed, at__gt=now - HANDED_OVER, matter_id__isnull=False)
    latest = dict(entries.order_by().values_list("matter_id").annotate(latest=Max("at")))
    reviews = MatterReview.objects.filter(matter__in=latest).values_list("matter_id", "opened_at", "closed_at")
    answered = {pk for pk, opened, closed in reviews if closed is None or opened >= latest[pk]}
    return {pk: at for pk, at in latest.items() if pk not in answered}


def holders_of(matters: Iterable[int]) -> list[Holder]:
    """Everybody with a grant on one of the matters; two statements whatever their number."""
    ids = list(matters)
    people = MatterUserObjectPermission.objects.filter(content_object__in=ids)
    groups = MatterGroupObjectPermission.objects.filter(content_object__in=ids)
    levels: defaultdict[tuple[int, int | None, int | None], set[Level]] = defaultdict(set)
    for matter_id, user_id, code in people.values_list("content_object_id", "user_id", "permission__codename"):
        levels[matter_id, user_id, None].add(Level(code))
    for matter_id, group_id, code in groups.values_list("content_object_id", "group_id", "permission__codename"):
        levels[matter_id, None, group_id].add(Level(code))
    found = ((key, highest(held)) for key, held in levels.items())
    holders = [Holder(*key, level) for key, level in found if level is not None]
    return sorted(holders, key=lambda one: (one.matter_id, one.user_id is None, one.user_id or one.group_id))


def principals_with_access(review: Review) -> set[int]:
    """Who has what the review asks about at this moment: people positive, groups negative."""
    if isinstance(review, MatterReview):
        return {holder.user_id or -(holder.group_id or 0) for holder in holders_of([review.matter_id])}
    members = User.objects.filter(groups=review.group_id)  # type: ignore[attr-defined]
    return set(members.values_list("pk", flat=True))


def to_ask(reviews: QuerySet[Any], today: date) -> QuerySet[Any]:
    """Open reviews whose owner hears of them today: at once, then a week later, then once more."""
    waiting = reviews.filter(closed_at=None, escalated_at=None, times_asked__lt=TIMES_ASKED)
    return waiting.filter(Q(asked_on=None) | Q(asked_on__lte=today - BETWEEN))


def keepers_of(group: Group) -> QuerySet[User]:
    """Roles are the administrators' to review, a practice group its keepers'."""
    if _kind(group) == GroupKind.Kind.ROLE:
        return holders_of_permission(KEEPS_ROLES)
    return User.objects.filter(pk__in=practice.keepers_of(group).values("user_id")).order_by("pk")


def _kind(group: Group) -> str:
    return str(GroupKind.objects.get(group=group).kind)


def holders_of_permission(permission: str) -> QuerySet[User]:
    app, codename = permission.split(".")
    held = {"groups__permissions__codename": codename, "groups__permissions__content_type__app_label": app}
    return User.objects.filter(is_active=True, **held).order_by("pk").distinct()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the last reminder: when it arrived somewhere, or that it never will."""

    at: datetime | None
    is_lost: bool


def last_reminder(review: Review) -> Delivery:
    mails = OutboxMessage.objects.filter(
        kind=ASKED, recipient_type="staff", recipient_id__in=review.asked, dedupe=occasion(review.asked_on)
    )
    states = list(mails.values_list("state", "sent_at"))
    sent = [at for state, at in states if state == OutboxMessage.State.SENT and at is not None]
    lost = {OutboxMessage.State.FAILED, OutboxMessage.State.CANCELLED}
    return Delivery(max(sent, default=None), all(state in lost for state, _at in states))


def occasion(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day is not None else ""
