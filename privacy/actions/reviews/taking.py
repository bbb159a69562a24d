"""Taking away what a review decided on, through the actions that check rights again."""

from datetime import datetime

from django.contrib.auth.models import Group

from lawcrm import access
from lawcrm.accounts import leaving, queries
from lawcrm.accounts.actions import practice, staff
from lawcrm.accounts.models import GroupKind, User
from matters.actions import team
from matters.actions.leaving import MANAGING
from matters.queries import leading
from privacy.actions.reviews.refused import StillAnswers, TooFewLeft
from privacy.models import GroupReview, GroupReviewItem, MatterReview, MatterReviewItem, Review, ReviewItem
from privacy.queries import reviewing

# A reset of an administrator needs two others; of every other role one holder is left.
FEWEST = {reviewing.KEEPS_ROLES: 2}


def take(item: ReviewItem, review: Review, *, actor: User, reason: str, now: datetime) -> None:
    """Raises audit.Refused with words: the last manager, the responsible lawyer, the last of a role."""
    if isinstance(item, MatterReviewItem) and isinstance(review, MatterReview):
        to = item.user if item.user is not None else item.group
        team.withdraw_access(actor=actor, matter=review.matter, to=to, reason=reason, now=now)  # type: ignore[arg-type]
    elif isinstance(item, GroupReviewItem) and isinstance(review, GroupReview):
        _take_membership(item, review, actor, reason, now)


def in_the_stead_of(item: ReviewItem, review: Review) -> User:
    """Whose rights silence uses: of those who were asked, one whom it does not concern. Raises TooFewLeft."""
    if isinstance(review, MatterReview):
        return review.owner
    others = reviewing.keepers_of(review.group).exclude(pk=item.user_id)  # type: ignore[attr-defined]
    if (found := others.first()) is None:
        raise TooFewLeft
    return found


def _take_membership(item: GroupReviewItem, review: GroupReview, actor: User, reason: str, now: datetime) -> None:
    if not GroupKind.objects.filter(group=review.group, kind=GroupKind.Kind.ROLE).exists():
        practice.remove_member(actor=actor, group=review.group, user=item.user, reason=reason, now=now)
        return
    _require_enough_left(item, review)
    roles = list(item.user.groups.filter(kind__kind=GroupKind.Kind.ROLE).exclude(pk=review.group_id))
    _require_nothing_waits(item.user, roles)
    staff.give_roles(actor=actor, user=item.user, roles=roles, reason=reason, now=now)


def _require_nothing_waits(user: User, roles: list[Group]) -> None:
    """A review names no successor: what only this role covers would be left to nobody."""
    after = queries.permissions_of(roles)
    with access.as_system("what a role covers"):
        lost = leaving.no_longer_covered(user.role_permissions(), after)
        left = any(burden.is_duty and burden.count(user) for burden in lost)
        if left or (MANAGING not in after and leading.only_manager_of(user)):
            raise StillAnswers


def _require_enough_left(item: GroupReviewItem, review: GroupReview) -> None:
    held = review.group.permissions.values_list("content_type__app_label", "codename")
    codes = {f"{app}.{codename}" for app, codename in held}
    fewest = max((least for code, least in FEWEST.items() if code in codes), default=1)
    others = User.objects.filter(groups=review.group, is_active=True).exclude(pk=item.user_id)
    if others.count() < fewest:
        raise TooFewLeft
