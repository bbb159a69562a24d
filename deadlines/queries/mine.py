"""What one person is asked to do: on their front page, and in the navigation of every page, hence prepared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateField, F, Q, QuerySet, Value
from django.db.models.functions import Greatest, JSONObject

from deadlines.models import Deadline
from deadlines.models.deadline import SECOND, Second
from deadlines.queries import team
from deadlines.queries.book import deadlines
from lawcrm.prepared import Prepared
from matters.models import Matter

MOST_WAITING = 10  # as the navigation says it: 9+
DAYS = 14
ONE_DAY = timedelta(days=1)
NOTHING = {"n": 0, "critical": 0, "unconfirmed": 0}
State = Deadline.State
type Groups = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    count: int
    critical: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands on a day; `coming_on` is the next date within the days shown."""

    overdue: int
    today: int
    unconfirmed: int  # of those due today
    coming_on: date | None


def count_waiting(user_id: int) -> int:
    """Entries this person is to confirm, at most MOST_WAITING."""
    return len(_WAITING.ask(user=user_id, groups=team.practice_groups_of(user_id)))


def for_a_second_person(user_id: int, most_unchecked: int) -> list[Deadline]:
    """The first that this person is to confirm, and to check: one query that uses an index for each part of it."""
    groups = team.practice_groups_of(user_id)
    return _FOR_A_SECOND_PERSON.ask(most_unchecked, user=user_id, groups=groups)


def ahead_of(user_id: int, today: date, most: int) -> tuple[list[Deadline], Standing, list[Day]]:
    """Open deadlines of one person, overdue ones first, how they stand, and how much is due on each day from today."""
    groups = team.practice_groups_of(user_id)
    until, yesterday = today + timedelta(days=DAYS), today - ONE_DAY
    rows: list[Any] = _AHEAD.ask(most, user=user_id, groups=groups, until=until, yesterday=yesterday)
    sums = {date.fromisoformat(day["on"]): day for day in (rows[0].sums if rows else ())}
    days = [_day(today + timedelta(days=ahead), sums) for ahead in range(DAYS)]
    standing = Standing(
        overdue=_day(yesterday, sums).count,
        today=days[0].count,
        unconfirmed=sums.get(today, NOTHING)["unconfirmed"],
        coming_on=next((day.on for day in days[1:] if day.count), None),
    )
    return rows, standing, days


def _day(on: date, sums: dict[date, dict[str, int]]) -> Day:
    found = sums.get(on, NOTHING)
    return Day(on, found["n"], found["critical"])


def _waiting_for(user: int, groups: Groups) -> list[QuerySet[Deadline]]:
    """What anybody may confirm, and what is theirs; never their own entries."""
    rows = Deadline.objects.alias(second=SECOND).exclude(entered_by=user)
    # Not asked by `second`: what is theirs and entered by somebody else waits for them, and has an index of its own.
    theirs = rows.filter(state=State.OPEN, confirmed_at=None)
    return [rows.filter(second=Second.CONFIRMED_BY_ANYBODY.value), *_theirs(user, groups, theirs)]


def _unchecked_for(user: int, groups: Groups) -> list[QuerySet[Deadline]]:
    """Marked as done by somebody else, for this person to check."""
    rows = Deadline.objects.alias(second=SECOND).filter(matter__state=Matter.State.OPEN).exclude(ended_by=user)
    theirs = rows.filter(second=Second.CHECKED.value)
    return [rows.filter(second=Second.CHECKED_BY_ANYBODY.value), *_theirs(user, groups, theirs)]


def _theirs(user: int, groups: Groups, rows: QuerySet[Deadline]) -> list[QuerySet[Deadline]]:
    """`book.is_mine` in parts, for `_together`."""
    parts = [rows.filter(assignee=user), rows.filter(deputy=user)]
    return [*parts, rows.filter(group__in=groups)] if groups else parts


def _together(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """Of several parts, each found by an index of its own, where one condition with OR would read far more."""
    return parts[0].union(*parts[1:])


def _first(rows: QuerySet[Deadline], most: int) -> QuerySet[Any, Any]:
    return rows.order_by("due_on", "pk").values("pk")[:most]


def _waiting(*, user: int, groups: Groups) -> QuerySet[Any, Any]:
    return _together([_first(rows, MOST_WAITING) for rows in _waiting_for(user, groups)])[:MOST_WAITING]


def _for_a_second_person(most_unchecked: int, *, user: int, groups: Groups) -> QuerySet[Deadline]:
    waiting = [_first(rows, MOST_WAITING) for rows in _waiting_for(user, groups)]
    unchecked = [_first(rows, most_unchecked) for rows in _unchecked_for(user, groups)]
    rows = Deadline.objects.filter(pk__in=_together([*waiting, *unchecked]))
    rows = rows.select_related("matter", "entered_by", "ended_by").defer("note", "trace", "matter__summary")
    return rows.order_by("due_on", "pk")


def _ahead(most: int, *, user: int, groups: Groups, until: date, yesterday: date) -> QuerySet[Deadline]:
    """The sums stand beside each row of the list, which is one query less; the database adds them up once."""
    order = ("due_on", F("due_time").asc(nulls_last=True), "pk")
    soon = _theirs(user, groups, Deadline.objects.filter(state=State.OPEN, due_on__lt=until))
    found = _together([part.order_by(*order).values("pk")[:most] for part in soon])
    rows = deadlines().filter(pk__in=found).order_by(*order)
    return rows.annotate(sums=ArraySubquery(_sums(soon, yesterday)))[:most]


def _sums(parts: Sequence[QuerySet[Deadline]], yesterday: date) -> QuerySet[Deadline, Any]:
    """By day; all that is overdue falls on yesterday."""
    counted = (
        Deadline.objects.filter(pk__in=_together([part.values("pk") for part in parts]))
        .order_by()
        .values(on=Greatest("due_on", Value(yesterday, output_field=DateField())))
        .annotate(
            n=Count("pk"),
            critical=Count("pk", filter=Q(criticality=Deadline.Criticality.CRITICAL)),
            unconfirmed=Count("pk", filter=Q(confirmed_at=None)),
        )
    )
    return counted.values(sums=JSONObject(on="on", n="n", critical="critical", unconfirmed="unconfirmed"))


# Part of what waits for a second person is found among all that the viewer sees.
_WAITING, _FOR_A_SECOND_PERSON = Prepared(_waiting, one_plan=False), Prepared(_for_a_second_person, one_plan=False)
_AHEAD = Prepared(_ahead)
