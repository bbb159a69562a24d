"""Nobody is asked about themselves: a row about the only person who could answer it would never be answered."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from privacy.actions.reviews import closing
from privacy.models import GroupReview, GroupReviewItem, MatterReview, MatterReviewItem
from privacy.models.review import OPEN_STATES
from privacy.queries import reviewing


def drop(*, now: datetime) -> None:
    """Of those who became responsible for the matter, or the only keeper of the group, since it was opened."""
    own = MatterReviewItem.objects.filter(review__closed_at=None, user=F("review__owner"), state__in=OPEN_STATES)
    for review_id, user_id in list(own.order_by("review_id").values_list("review_id", "user_id")):
        _drop(MatterReview, review_id, user_id, now)
    for review in GroupReview.objects.filter(closed_at=None).select_related("group").order_by("pk"):
        keepers = list(reviewing.keepers_of(review.group).values_list("pk", flat=True)[:2])
        open_rows = GroupReviewItem.objects.filter(review=review, user__in=keepers, state__in=OPEN_STATES)
        if len(keepers) == 1 and open_rows.exists():
            _drop(GroupReview, review.pk, keepers[0], now)


@transaction.atomic
def _drop(model: Any, review_id: int, user_id: int, now: datetime) -> None:
    review = (
        model.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=review_id, closed_at=None).first()
    )
    if review is not None:
        review.items.filter(user=user_id, state__in=OPEN_STATES).delete()
        closing.close_if_done(review, now=now)
