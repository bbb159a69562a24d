"""Closing a review: it is frozen, signed in the journal, and counted without anybody's name."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils import timezone

from lawcrm import access, audit
from privacy.models import GroupReview, MatterReview, Review, ReviewCount


def close_if_done(review: Review, *, now: datetime) -> bool:
    """In the caller's transaction, with the review locked. Free text stays out: the record is for the officer."""
    items = list(review.items.order_by("pk"))  # type: ignore[attr-defined]
    if any(item.is_open for item in items):
        return False
    review.closed_at, review.record = now, record_of(review, items, now)
    review.save(update_fields=["closed_at", "record"])
    digest = audit.sign(review, cause=review.cause, count=len(items))
    _count(review, items, digest, now)
    return True


def record_of(review: Any, items: list[Any], now: datetime) -> dict[str, Any]:
    """Who was asked, who answered what and when, what silence removed."""
    return {
        "review": str(review.public_id),
        **_about(review),
        "cause": review.cause,
        "opened_at": _text(review.opened_at),
        "asked": review.asked,
        "times_asked": review.times_asked,
        "passed_on_at": _text(review.escalated_at),
        "closed_at": _text(now),
        "items": [_answer_of(item) for item in items],
    }


def _about(review: Any) -> dict[str, Any]:
    if isinstance(review, MatterReview):
        return {"matter": review.matter.number, "owner": review.owner_id}
    return {"group": review.group.name}


def _answer_of(item: Any) -> dict[str, Any]:
    return {
        "user": item.user_id,
        "group": getattr(item, "group_id", None),
        "level": getattr(item, "level", ""),
        "answer": item.state,
        "by": item.answered_by_id,
        "at": _text(item.answered_at),
        "unused": item.unused,
    }


def _text(at: datetime | None) -> str | None:
    return at.astimezone(timezone.get_fixed_timezone(0)).isoformat() if at is not None else None


def _count(review: Review, items: list[Any], digest: str, now: datetime) -> None:
    kind = "group" if isinstance(review, GroupReview) else "matter"
    numbers = {
        "kind": kind,
        "cause": review.cause,
        "opened_on": review.opened_at.date().isoformat(),
        "closed_on": now.date().isoformat(),
        "answers": dict(Counter(str(item.state) for item in items)),
        "unused": sum(item.unused for item in items),
        "record_sha256": digest,
    }
    with access.as_system("access review counted"):
        count = ReviewCount.objects.create(kind=kind, closed_on=timezone.localdate(now), record=numbers)
        audit.sign(count)
