"""How far access reviews have come, for those who watch over them: numbers of the whole firm, no titles."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Count, Min, Q
from django.utils import timezone

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry
from matters.models import Matter
from privacy.models import GroupReview, GroupReviewItem, MatterReview, MatterReviewItem, ReviewItem
from privacy.models.review import TIMES_ASKED
from privacy.queries import reviewing
from privacy.queries.reviews import period

WHY = "numbers of access reviews"
State = ReviewItem.State


@dataclass(frozen=True, slots=True)
class Coverage:
    """Matters or groups: all that are to be reviewed, and where each stands."""

    total: int
    reviewed: int
    waiting: int
    overdue: int
    passed_on: int

    @property
    def not_yet(self) -> int:
        return max(self.total - self.reviewed - self.waiting - self.overdue - self.passed_on, 0)


@dataclass(frozen=True, slots=True)
class Late:
    """Somebody who was asked three times and has not answered."""

    name: str
    overdue: int
    oldest: datetime


def coverage_of_matters(now: datetime) -> Coverage:
    with access.as_system(WHY):
        since = period(reviewing.rules().matter_days, now)
        total = reviewing.with_others(Matter.objects.all()).count()
        return _coverage(MatterReview, "matter", total, since)


def coverage_of_groups(now: datetime) -> Coverage:
    since = period(reviewing.rules().group_days, now)
    total = reviewing.reviewed_groups().count()
    return _coverage(GroupReview, "group", total, since)


def _coverage(model: Any, column: str, total: int, since: datetime) -> Coverage:
    """Whatever is being asked about counts as that, also where an earlier review of the period is closed."""
    reviews = model.objects.filter(Q(closed_at=None) | Q(closed_at__gte=since))
    is_open = Q(closed_at=None)
    asked_out = Q(times_asked__gte=TIMES_ASKED)
    passed_on = Q(escalated_at__isnull=False)
    found = reviews.aggregate(
        waiting=Count("pk", is_open & ~asked_out & ~passed_on),
        overdue=Count("pk", is_open & asked_out & ~passed_on),
        passed_on=Count("pk", is_open & passed_on),
    )
    asked_again = model.objects.filter(is_open).values(column)
    done = reviews.filter(~is_open).exclude(**{f"{column}__in": asked_again})
    return Coverage(total, done.values(column).distinct().count(), **found)


def answers_since(since: datetime) -> dict[str, int]:
    """How the rows of this period were answered, matters and groups together."""
    counted = {state.value: 0 for state in State}
    with access.as_system(WHY):
        for model in (MatterReviewItem, GroupReviewItem):
            rows = model.objects.filter(answered_at__gte=since).order_by()
            for state, count in rows.values_list("state").annotate(count=Count("pk")):
                counted[state] += count
    return counted


def late() -> list[Late]:
    """By who is asked; those who were asked in vain longest come first."""
    with access.as_system(WHY):
        overdue = MatterReview.objects.filter(closed_at=None, times_asked__gte=TIMES_ASKED).order_by()
        rows = list(overdue.values_list("owner_id").annotate(count=Count("pk"), oldest=Min("opened_at")))
    names = dict(User.objects.filter(pk__in=[owner for owner, *_rest in rows]).values_list("pk", "full_name"))
    found = [Late(names[owner], count, oldest) for owner, count, oldest in rows]
    return sorted(found, key=lambda one: one.oldest)


@dataclass(frozen=True, slots=True)
class Passed:
    """A review somebody else has to see to: the number of a matter or the name of a group."""

    what: str
    owner: str
    at: datetime


def passed_on() -> list[Passed]:
    with access.as_system(WHY):
        matters = MatterReview.objects.filter(closed_at=None, escalated_at__isnull=False)
        rows: list[Any] = list(matters.values_list("matter__number", "owner__full_name", "escalated_at"))
    groups = GroupReview.objects.filter(closed_at=None, escalated_at__isnull=False)
    rows += [(name, "", at) for name, at in groups.values_list("group__name", "escalated_at")]
    return sorted((Passed(*row) for row in rows), key=lambda one: one.at)


@dataclass(frozen=True, slots=True)
class Record:
    """A closed review as it was signed; `sha256` is what the journal says."""

    content: dict[str, Any]
    sha256: str
    closed_at: datetime

    @property
    def subject(self) -> str:
        return str(self.content.get("matter") or self.content.get("group", ""))


@dataclass(frozen=True, slots=True)
class Answered:
    """One row of a record with the names of today."""

    who: str
    answer: str
    by: str
    at: str
    is_unused: bool


def records_since(since: date, most: int | None = None) -> list[Record]:
    """Latest first. System scope: the officer sees numbers and names of staff, not the matters."""
    with access.as_system(WHY):
        found = [record for model in (MatterReview, GroupReview) for record in _records(model, since, most)]
    return sorted(found, key=lambda record: record.closed_at, reverse=True)[:most]


def _records(model: Any, since: date, most: int | None) -> Iterator[Record]:
    start = timezone.make_aware(datetime.combine(since, datetime.min.time()))
    closed = model.objects.filter(closed_at__gte=start).order_by("-closed_at", "-pk")
    rows = list(closed.values_list("pk", "record", "closed_at")[:most])
    entries = JournalEntry.objects.filter(
        object_type=model._meta.label_lower, object_id__in=[pk for pk, *_rest in rows], kind="access_review.closed"
    )
    signed = {entry.object_id: entry.facts.get("sha256", "") for entry in entries}
    for pk, record, closed_at in rows:
        yield Record(record, signed.get(pk, ""), closed_at)


def names_in(records: list[Record]) -> tuple[dict[int, str], dict[int, str]]:
    """Names of the people and groups the records mention."""
    people: set[int] = set()
    groups: set[int] = set()
    for record in records:
        for item in record.content["items"]:
            people |= {pk for pk in (item["user"], item["by"]) if pk}
            groups |= {pk for pk in (item["group"],) if pk}
        people |= {pk for pk in (record.content.get("owner"),) if pk}
    return (
        dict(User.objects.filter(pk__in=people).values_list("pk", "full_name")),
        dict(Group.objects.filter(pk__in=groups).values_list("pk", "name")),
    )


def answers_in(record: Record, people: dict[int, str], groups: dict[int, str]) -> list[Answered]:
    words = dict(State.choices)
    return [
        Answered(
            who=people.get(item["user"], "") or groups.get(item["group"], ""),
            answer=str(words.get(item["answer"], item["answer"])),
            by=people.get(item["by"], ""),
            at=item["at"] or "",
            is_unused=item["unused"],
        )
        for item in record.content["items"]
    ]
