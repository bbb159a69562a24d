"""Calendar feeds: whose a token is, and what the calendar of a person holds at this moment."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from deadlines.models import CalendarFeed, Deadline
from deadlines.models.deadline import UNCHECKED
from deadlines.queries.book import is_mine
from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import ReadEntry

READING = "deadlines.view_deadline"
HANDED = "feed"
# How long a calendar is told that a deadline has ended, before it is left out.
TOLD_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Shown:
    """A deadline and which revision of it this is, by its history."""

    deadline: Deadline
    revision: int
    changed_at: datetime


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def may_subscribe(user: User) -> bool:
    """Nobody from outside the firm: their sight ends with a matter, a copy on their devices does not."""
    known = user.is_active and not user.has_ended and not user.is_external
    return known and READING in user.role_permissions()


def live() -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.filter(revoked_at=None)


def feeds_of(user: User) -> list[CalendarFeed]:
    return list(live().filter(user=user).order_by("made_at", "pk"))


def feed_of(token: str) -> CalendarFeed | None:
    """None for a token that is unknown or revoked, and for a person who may not subscribe any more."""
    with access.as_system("a calendar program says whose it is by its token"):
        feed = live().filter(digest=digest_of(token)).select_related("user").first()
        return feed if feed is not None and may_subscribe(feed.user) else None


def shown_to(user_id: int, now: datetime) -> list[Shown]:
    """Their open deadlines, and those that ended not long ago; of what they may not see nothing remains."""
    wanted = Q(state=Deadline.State.OPEN) | UNCHECKED | Q(ended_at__gt=now - TOLD_FOR)
    rows = Deadline.objects.filter(is_mine(user_id), wanted).select_related("matter")
    found = list(rows.defer("note", "trace", "matter__summary").order_by("due_on", "pk"))
    revisions = _revisions([row.pk for row in found])
    return [Shown(row, *revisions.get(row.pk, (0, row.entered_at))) for row in found]


def _revisions(ids: list[int]) -> dict[int, tuple[int, datetime]]:
    past = Deadline.history.filter(id__in=ids).order_by().values("id")
    counted = past.annotate(changes=Count("history_id"), at=Max("history_date"))
    return {row["id"]: (row["changes"] - 1, row["at"]) for row in counted}


def handed_today(user_id: int, ids: list[int], now: datetime) -> set[int]:
    """Deadlines of which the read log knows today's handing out. Needs system scope."""
    today = timezone.localtime(now, timezone.get_default_timezone()).replace(hour=0, minute=0, second=0, microsecond=0)
    of_person = ReadEntry.objects.filter(user_id=user_id, what=HANDED, at__gte=today)
    known = of_person.filter(object_type=Deadline._meta.label_lower, object_id__in=ids)
    return set(known.values_list("object_id", flat=True))
