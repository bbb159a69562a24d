"""Access reviews as pages show them: the rows with their use, what waits for a person, how far the firm has come."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry, ReadEntry
from lawcrm.prepared import Prepared
from matters.models import MatterUserObjectPermission
from matters.models.levels import Level
from privacy.models import GroupReview, MatterReview, MatterReviewItem
from privacy.models.review import OPEN_STATES
from privacy.queries import reviewing


class Mark(StrEnum):
    """What the read log says about one row."""

    USED = "used"
    IDLE = "idle"
    NEVER = "never"


MARK_WORDS: dict[Mark, str | Promise] = {
    Mark.USED: gettext_lazy("Used"),
    Mark.IDLE: gettext_lazy("Not lately"),
    Mark.NEVER: gettext_lazy("Never opened"),
}


@dataclass(frozen=True, slots=True)
class Use:
    """Reads of one matter by one person: the latest, and how many in the period looked at."""

    last: datetime | None = None
    lately: int = 0


@dataclass(slots=True)
class Row:
    """One person or group as the owner is asked about it."""

    item: Any
    name: str
    is_active: bool = True
    use: Use = field(default_factory=Use)
    since: datetime | None = None
    why: str = ""
    roads: list[str] = field(default_factory=list)
    is_gone: bool = False
    refusal: str = ""
    was_said: str = ""

    @property
    def reason(self) -> str:
        return str(self.item.reason)

    @property
    def mark(self) -> Mark:
        if self.use.lately:
            return Mark.USED
        never = self.use.last is None or (self.since is not None and self.use.last < self.since)
        return Mark.NEVER if never else Mark.IDLE

    @property
    def mark_words(self) -> str | Promise:
        return MARK_WORDS[self.mark]

    @property
    def is_unused(self) -> bool:
        return self.mark is not Mark.USED

    @property
    def is_open(self) -> bool:
        return bool(self.item.is_open) and not self.is_gone


def period(days: int, now: datetime) -> datetime:
    return now - timedelta(days=days)


def use_of(matters: Iterable[int], since: datetime) -> dict[tuple[int, int], Use]:
    """By matter and person, one statement whatever their number. Whatever was opened of it counts, a list does not.

    System scope, because papers the owner may not open are in use as well; told is when and how often.
    """
    with access.as_system("use of access under review"):
        reads = ReadEntry.objects.filter(matter_id__in=list(matters)).exclude(what="list").order_by()
        found = reads.values_list("matter_id", "user_id").annotate(last=Max("at"), lately=Count("pk", Q(at__gte=since)))
        return {(matter, user): Use(last, lately) for matter, user, last, lately in found}


def rows_of(review: MatterReview, now: datetime) -> list[Row]:
    """Six statements whatever the number of people."""
    items = list(review.items.select_related("user", "group", "answered_by").order_by("pk"))
    use = use_of([review.matter_id], period(reviewing.rules().matter_days, now))
    given = _given(review.matter_id)
    members = _members([item.group_id for item in items if item.group_id])
    held = reviewing.principals_with_access(review)
    names = {item.group_id: item.group.name for item in items if item.group is not None}
    rows = []
    for item in items:
        row = _row_of(item, review.matter_id, use, members)
        row.since, row.why = given.get(item.principal, (None, ""))
        row.roads = [names[pk] for pk, people in members.items() if item.user_id in people]
        row.is_gone = item.is_open and item.principal not in held
        rows.append(row)
    return sorted(rows, key=lambda row: (row.item.user_id is None, row.name.casefold()))


def _row_of(item: Any, matter_id: int, use: dict[tuple[int, int], Use], members: dict[int, set[int]]) -> Row:
    if item.user is not None:
        return Row(item, item.user.full_name, item.user.is_active, use.get((matter_id, item.user_id), Use()))
    theirs = [use[matter_id, person] for person in members[item.group_id] if (matter_id, person) in use]
    last = max((one.last for one in theirs if one.last), default=None)
    return Row(item, item.group.name, use=Use(last, sum(one.lately for one in theirs)))


def _given(matter_id: int) -> dict[int, tuple[datetime, str]]:
    """When and why each person or group was last given access."""
    entries = JournalEntry.objects.filter(matter_id=matter_id, kind="matter.access_granted").order_by("pk")
    given = {}
    for entry in entries:
        facts = entry.facts
        principal = int(facts["user_id"]) if "user_id" in facts else -int(facts.get("group_id", 0))
        given[principal] = (entry.at, entry.reason)
    return given


def _members(groups: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {pk: set() for pk in groups}
    through = User.groups.through.objects.filter(group__in=groups, user__is_active=True)
    for group_id, user_id in through.values_list("group_id", "user_id"):
        found[group_id].add(user_id)
    return found


def group_rows_of(review: GroupReview, now: datetime) -> list[Row]:
    """Last sign-in and last use of each member, with the members in one statement.

    System scope, because administrators see no matter: they learn that somebody read something, not what.
    """
    reads = ReadEntry.objects.filter(user_id=OuterRef("user_id")).order_by("-at")
    items = review.items.select_related("user", "answered_by").annotate(last_read=Subquery(reads.values("at")[:1]))
    since = period(reviewing.rules().group_days, now)
    held = reviewing.principals_with_access(review)
    with access.as_system("last use of accounts"):
        rows = [_group_row(item, since) for item in items.order_by("user__full_name", "pk")]
    for row in rows:
        row.is_gone = row.item.is_open and row.item.principal not in held
    return rows


def _group_row(item: Any, since: datetime) -> Row:
    last = max(filter(None, (item.last_read, item.user.last_login)), default=None)
    return Row(item, item.user.full_name, item.user.is_active, Use(last, int(last is not None and last >= since)))


def matters_waiting(person: User) -> QuerySet[MatterReview]:
    """Reviews this person may answer: their own, and those passed on of matters they manage themselves."""
    managed = MatterUserObjectPermission.objects.filter(
        content_object=OuterRef("matter_id"), user=person, permission__codename=Level.MANAGE
    )
    mine = Q(owner=person) | Q(escalated_at__isnull=False) & Exists(managed)
    return MatterReview.objects.filter(mine, closed_at=None).order_by("asked_on", "opened_at", "pk")


def groups_waiting(person: User) -> list[GroupReview]:
    reviews = GroupReview.objects.filter(closed_at=None).select_related("group").order_by("opened_at", "pk")
    return [review for review in reviews if reviewing.keepers_of(review.group).filter(pk=person.pk).exists()]


def kinds_waiting(user_id: int) -> list[str]:
    """The word matter or group for each review this person is asked about."""
    return _WAITING.ask(user=user_id)


def _waiting(*, user: int) -> QuerySet[MatterReview, str]:
    matters = MatterReview.objects.filter(owner=user, closed_at=None).annotate(of=Value("matter"))
    groups = GroupReview.objects.filter(closed_at=None, asked__contains=[user]).annotate(of=Value("group"))
    return matters.values_list("of", flat=True).union(groups.values_list("of", flat=True), all=True)


_WAITING = Prepared(_waiting)


@dataclass(slots=True)
class Waiting:
    """A review in the list of a person: how many rows are open and how many of them were not used."""

    review: Any
    rows: list[Row] = field(default_factory=list)

    @property
    def unused(self) -> int:
        return sum(row.is_unused for row in self.rows)

    @property
    def people(self) -> int:
        return len(self.rows)

    @property
    def used_rows(self) -> list[Row]:
        return [row for row in self.rows if not row.is_unused]

    @property
    def unused_rows(self) -> list[Row]:
        return [row for row in self.rows if row.is_unused]


def with_open_rows(reviews: list[MatterReview], now: datetime) -> list[Waiting]:
    """The open rows of many reviews with their use: three statements whatever the number of matters."""
    matters = {review.matter_id: Waiting(review) for review in reviews}
    items = MatterReviewItem.objects.filter(review__in=reviews, state__in=OPEN_STATES).select_related("user", "group")
    open_items = list(items.order_by("pk"))
    use = use_of(matters, period(reviewing.rules().matter_days, now))
    members = _members([item.group_id for item in open_items if item.group_id])
    for item in open_items:
        matters[item.matter_id].rows.append(_row_of(item, item.matter_id, use, members))
    return list(matters.values())
