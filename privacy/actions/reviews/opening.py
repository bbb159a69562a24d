"""Opening access reviews: a batch of matters at a time, each day of the schedule once."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import batched
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.models import Matter
from privacy.actions.reviews import own_rows
from privacy.models import GroupReview, GroupReviewItem, MatterReview, MatterReviewItem, Review, ReviewRules
from privacy.models.review import ONLY
from privacy.queries import reviewing

AT_ONCE = 1000
REASON = "access review"
Cause = Review.Cause


@transaction.atomic
def set_rules(*, actor: User, values: dict[str, int], now: datetime) -> ReviewRules:  # noqa: ARG001
    rules = _begun(timezone.localdate(now))
    for name, value in values.items():
        setattr(rules, name, value)
    rules.save()
    facts: dict[str, Any] = dict(values)
    audit.record("access_review.rules_set", rules, **facts)
    return rules


@transaction.atomic
def note_export(*, actor: User, reason: str, count: int) -> None:  # noqa: ARG001
    """That records left the house, by whom and what for."""
    audit.record("access_review.exported", reviewing.rules(), reason=reason, count=count)


def open_due(*, now: datetime) -> int:
    """Open what is due and not open yet: asking again, or twice at once, opens nothing twice."""
    today = timezone.localdate(now)
    with access.as_system(REASON):
        _begun(today)
        opened = 0
        for cause in (Cause.SCHEDULE, Cause.EXTERNAL):
            due = list(reviewing.due_matters(today, cause).values_list("pk", flat=True))
            opened += sum(_open_batch(batch, today, now, cause) for batch in batched(due, AT_ONCE))
        return opened + sum(_open_group(group, today, now) for group in list(reviewing.due_groups(today)))


@transaction.atomic
def _begun(today: date) -> ReviewRules:
    """The schedule counts from its first run: a firm that moves in is not asked about everything on one day."""
    ReviewRules.objects.get_or_create(pk=ONLY, defaults={"began_on": today})
    return ReviewRules.objects.select_for_update(of=("self",)).get(pk=ONLY)


def open_handed_over(*, now: datetime) -> int:
    """A new responsible lawyer takes over what is open and is asked about everybody they found there."""
    today = timezone.localdate(now)
    with access.as_system(REASON):
        taken_over = _retarget()
        own_rows.drop(now=now)
        changed = list(reviewing.handed_over(now))
        return taken_over + sum(_open_handed(batch, today, now) for batch in batched(changed, AT_ONCE))


@transaction.atomic
def _retarget() -> int:
    """Whoever is asked now is told from the start: the one before may have kept silent until they left."""
    stale = MatterReview.objects.filter(closed_at=None).exclude(owner=F("matter__responsible"))
    reviews = list(stale.select_for_update(of=("self",), skip_locked=True).annotate(now_asked=F("matter__responsible")))
    for review in reviews:
        review.owner_id, review.times_asked, review.asked_on = review.now_asked, 0, None
        review.escalated_at = None
    MatterReview.objects.bulk_update(reviews, ["owner", "times_asked", "asked_on", "escalated_at"])
    return len(reviews)


@transaction.atomic
def _open_batch(ids: Iterable[int], today: date, now: datetime, cause: Review.Cause) -> int:
    """Matters somebody is just changing wait for the next run; what another run opened meanwhile is not due."""
    due = reviewing.due_matters(today, cause).filter(pk__in=_locked(ids))
    return open_each(
        [
            MatterReview(matter_id=pk, owner_id=to, slot=slot, opened_at=now, cause=cause)
            for pk, to, slot in due.values_list("pk", "responsible_id", "slot")
        ]
    )


@transaction.atomic
def _open_handed(ids: Iterable[int], today: date, now: datetime) -> int:
    locked = _locked(ids)
    still = reviewing.handed_over(now).keys() & set(locked)
    done = MatterReview.objects.filter(matter__in=still, cause=Cause.HANDOVER, slot=today)
    wanted = Matter.objects.filter(pk__in=still - set(done.values_list("matter_id", flat=True)))
    asked = wanted.values_list("pk", "responsible_id")
    return open_each(
        [MatterReview(matter_id=pk, owner_id=to, slot=today, opened_at=now, cause=Cause.HANDOVER) for pk, to in asked]
    )


def _locked(ids: Iterable[int]) -> list[int]:
    rows = Matter.objects.filter(pk__in=list(ids)).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True).values_list("pk", flat=True))


@transaction.atomic
def open_each(reviews: list[MatterReview]) -> int:
    """With an item for everybody but the responsible lawyer; without anybody else there is nothing to ask."""
    by_matter = {review.matter_id: review for review in reviews}
    outside = set(reviewing.grants_outside_any(by_matter))
    holders = [
        holder
        for holder in reviewing.holders_of(by_matter)
        if holder.user_id != by_matter[holder.matter_id].owner_id
        and (by_matter[holder.matter_id].cause != Cause.EXTERNAL or holder.user_id in outside)
    ]
    MatterReview.objects.bulk_create([by_matter[pk] for pk in sorted({holder.matter_id for holder in holders})])
    MatterReviewItem.objects.bulk_create(
        (
            MatterReviewItem(
                review=by_matter[holder.matter_id],
                matter_id=holder.matter_id,
                user_id=holder.user_id,
                group_id=holder.group_id,
                level=holder.level,
            )
            for holder in holders
        ),
        batch_size=5 * AT_ONCE,
    )
    return len({holder.matter_id for holder in holders})


@transaction.atomic
def _open_group(group: Group, today: date, now: datetime) -> int:
    """Locked, because a second run at once would find it due as well."""
    Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    due = reviewing.due_groups(today).filter(pk=group.pk).first()
    return open_group(GroupReview(group=group, slot=due.slot, opened_at=now)) if due is not None else 0  # type: ignore[attr-defined]


@transaction.atomic
def open_group(review: GroupReview) -> int:
    """About everybody but a keeper who is the only one: nobody else could answer for them."""
    members = list(User.objects.filter(groups=review.group, is_active=True).order_by("pk"))
    keepers = set(reviewing.keepers_of(review.group))
    members = [member for member in members if keepers != {member}]
    if not members:
        return 0
    review.save()
    GroupReviewItem.objects.bulk_create(GroupReviewItem(review=review, user=member) for member in members)
    return 1
