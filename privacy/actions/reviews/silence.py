"""Silence: what nobody answered is removed after the grace period, but never what a matter stands on."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import access, audit
from privacy.actions.reviews import closing, taking, telling
from privacy.models import GroupReview, MatterReview, ReviewItem, ReviewRules
from privacy.models.review import OPEN_STATES, TIMES_ASKED
from privacy.queries import reviewing

State = ReviewItem.State
REASON = "access review: no answer"


def end_silence(*, now: datetime) -> int:
    """A review at a time, all its rows or none: a run that dies halfway is finished by the next."""
    now = now.replace(microsecond=0)  # names the run in the mails about it
    with access.as_system(REASON):
        rules = reviewing.rules()
        latest = timezone.localdate(now - rules.grace)
        ended = 0
        for model in (MatterReview, GroupReview):
            silent = _silent(model).filter(asked_on__lte=latest).order_by("pk")
            ended += sum(_end(model, pk, rules, now) for pk in list(silent.values_list("pk", flat=True)))
        return ended


def _silent(model: Any) -> Any:
    return model.objects.filter(closed_at=None, escalated_at=None, times_asked__gte=TIMES_ASKED)


@transaction.atomic
def _end(model: Any, review_id: int, rules: ReviewRules, now: datetime) -> bool:
    """Another run holds the review, or it was answered meanwhile: nothing to do. Grace counts from the delivery."""
    review = _silent(model).select_for_update(of=("self",), skip_locked=True).filter(pk=review_id).first()
    if review is None:
        return False
    reminder = reviewing.last_reminder(review)
    if reminder.is_lost:
        _pass_on(review, now)
        return False
    if reminder.at is None or reminder.at + rules.grace > now:
        return False
    _remove_unanswered(review, now)
    if not closing.close_if_done(review, now=now):
        _pass_on(review, now)
    telling.ended(review, now)
    return True


def _remove_unanswered(review: Any, now: datetime) -> None:
    held = reviewing.principals_with_access(review)
    related = ["user", *(["group"] if isinstance(review, MatterReview) else [])]
    for item in review.items.filter(state__in=OPEN_STATES).select_related(*related).order_by("pk"):
        item.state = _removed(item, review, now) if item.principal in held else State.GONE
        item.answered_at = None if item.state == State.ESCALATED else now
        item.save(update_fields=["state", "answered_at"])
        if item.state == State.SILENCE:
            telling.removed(item, now)


def _removed(item: Any, review: Any, now: datetime) -> State:
    """What may not be taken away, as the last manager, waits for somebody to decide."""
    try:
        actor = taking.in_the_stead_of(item, review)
        taking.take(item, review, actor=actor, reason=_("Nobody answered the access review."), now=now)
    except audit.Refused:
        return State.ESCALATED
    return State.SILENCE


def _pass_on(review: Any, now: datetime) -> None:
    review.escalated_at = now
    review.save(update_fields=["escalated_at"])
    audit.record("access_review.passed_on", review)
    telling.passed_on(review, now)
