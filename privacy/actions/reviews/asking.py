"""Asking: one mail a day to each owner about all that waits for them, at most three times."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from lawcrm import access, outbox
from lawcrm.accounts.models import User
from privacy.actions.reviews import telling
from privacy.actions.reviews.opening import REASON
from privacy.models import GroupReview, MatterReview
from privacy.queries import reviewing


def ask_due(*, now: datetime) -> int:
    """Each owner's reviews in a transaction of their own; answers how many were asked about."""
    today = timezone.localdate(now)
    with access.as_system(REASON):
        waiting = reviewing.to_ask(MatterReview.objects, today)  # type: ignore[arg-type]
        owners = list(waiting.values_list("owner_id", flat=True).order_by("owner_id").distinct())
        groups = list(reviewing.to_ask(GroupReview.objects.all(), today).order_by("pk").values_list("pk", flat=True))
        asked = sum(_ask_owner(owner, today, now) for owner in owners)
        return asked + sum(_ask_keepers(pk, today, now) for pk in groups)


@transaction.atomic
def _ask_owner(owner_id: int, today: date, now: datetime) -> int:
    rows = reviewing.to_ask(MatterReview.objects.filter(owner=owner_id), today)
    reviews = list(rows.select_for_update(of=("self",), skip_locked=True))
    people = [pk for pk in [owner_id] if User.objects.filter(pk=pk, is_active=True).exists()]
    _ask(MatterReview, reviews, people, today, now)
    return len(reviews)


@transaction.atomic
def _ask_keepers(review_id: int, today: date, now: datetime) -> int:
    rows = reviewing.to_ask(GroupReview.objects.filter(pk=review_id), today)
    reviews = list(rows.select_for_update(of=("self",), skip_locked=True).select_related("group"))
    for review in reviews:
        people = list(reviewing.keepers_of(review.group).values_list("pk", flat=True))
        _ask(GroupReview, [review], people, today, now)
    return len(reviews)


def _ask(model: Any, reviews: list[Any], people: list[int], today: date, now: datetime) -> None:
    """Where nobody can be asked, silence would be nobody's: others are told at once."""
    for review in reviews:
        review.times_asked, review.asked_on, review.asked = review.times_asked + 1, today, people
        review.escalated_at = None if people else now
    model.objects.bulk_update(reviews, ["times_asked", "asked_on", "asked", "escalated_at"])
    for person in people if reviews else ():
        outbox.put(
            kind=reviewing.ASKED,
            recipient=outbox.staff(person),
            thing_id=person,
            dedupe=reviewing.occasion(today),
            not_before=now,
        )
    if not people:
        for review in reviews:
            telling.passed_on(review, now)
