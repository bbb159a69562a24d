"""What a person who leaves has here: access reviews they are asked to answer."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.leaving import Burden, Successor, register, unable
from lawcrm.accounts.models import User
from privacy.models import MatterReview

ANSWERING = ("matters.grant_access",)


def register_burdens() -> None:
    register(
        Burden(
            code="access_reviews",
            words=_("Access reviews to answer"),
            count=lambda user: _open().filter(owner=user).count(),
            end_or_hand_over=_hand_over,
            matters=lambda user: _open().filter(owner=user).values_list("matter_id", flat=True),
            left=lambda: _open().filter(unable("owner", ANSWERING)).values_list("owner_id", "matter_id"),
            needs=ANSWERING,
            order=40,
        )
    )


def _open() -> QuerySet[MatterReview]:
    return MatterReview.objects.filter(closed_at=None)


def _hand_over(user: User, to: Successor | None, _reason: str, _now: datetime) -> None:
    """Whoever answers for the matter from now on is asked from the start."""
    if to is None:
        return
    mine = _open().filter(owner=user, matter__in=to.matters)
    mine.update(owner=to.user, times_asked=0, asked_on=None, escalated_at=None)
