"""Whom the mails about access reviews go to: one a run to each person, written as it is sent."""

from datetime import datetime, timedelta
from typing import Any

from lawcrm import outbox
from matters.models import MatterUserObjectPermission
from matters.models.levels import Level
from privacy.models import MatterReview
from privacy.queries import reviewing

ENDED, REMOVED, PASSED_ON = "privacy.review_ended", "privacy.access_removed", "privacy.review_passed_on"
OVERSEE = "privacy.oversee_reviews"
# The mail says all that one run did, so that it waits until the run is over.
SETTLED = timedelta(minutes=30)


def ended(review: Any, now: datetime) -> None:
    """Those who were asked hear what their silence did."""
    for person in review.asked:
        _put(ENDED, person, now)


def removed(item: Any, now: datetime) -> None:
    """The person, or each member of the group, hears that the access is over."""
    people = [item.user] if item.user is not None else item.group.user_set.filter(is_active=True)
    for person in people:
        _put(REMOVED, person.pk, now)


def passed_on(review: Any, now: datetime) -> None:
    """The officers, and those who manage the matter beside its owner."""
    people = {*reviewing.holders_of_permission(OVERSEE).values_list("pk", flat=True)}
    if isinstance(review, MatterReview):
        people |= set(_managers(review))
    for person in sorted(people):
        _put(PASSED_ON, person, now)


def _managers(review: MatterReview) -> list[int]:
    rows = MatterUserObjectPermission.objects.filter(
        content_object=review.matter_id, permission__codename=Level.MANAGE, user__is_active=True
    )
    return list(rows.exclude(user=review.owner_id).values_list("user_id", flat=True))


def _put(kind: str, person: int, now: datetime) -> None:
    outbox.put(
        kind=kind,
        recipient=outbox.staff(person),
        thing_id=person,
        dedupe=f"{now:%Y%m%d.%H%M%S}",
        not_before=now + SETTLED,
    )
