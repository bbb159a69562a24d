"""The deadline book: what is due, for whom, and what waits for a second pair of eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateField, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Greatest, JSONObject

from deadlines.models import Deadline, Extension
from deadlines.models.deadline import SECOND, UNCHECKED, Second
from deadlines.queries import team
from lawcrm.models import JournalEntry
from matters.models import Matter

PAGE = 50
MOST_COUNTED = PAGE
MOST_WAITING = 10  # as the navigation says it: 9+
DAYS = 14
NOTHING = {"n": 0, "critical": 0, "unconfirmed": 0}
State = Deadline.State


@dataclass(frozen=True, slots=True)
class Page:
    """One page by key; `count` is at most MOST_COUNTED + 1, which means "more"; cursors are public ids or ""."""

    rows: list[Deadline]
    count: int
    earlier: str
    later: str


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


def deadlines() -> QuerySet[Deadline]:
    """With what a line of a list shows, in one query; `hoped_on` is the date of an extension that was asked for."""
    asked = Extension.objects.filter(deadline=OuterRef("pk"), state=Extension.State.ASKED)
    rows = Deadline.objects.select_related("matter", "assignee", "group", "entered_by")
    rows = rows.defer("note", "trace", "matter__summary")
    return rows.annotate(hoped_on=Subquery(asked.values("until_on")[:1]))


def is_mine(user_id: int) -> Q:
    """What they answer for, alone or with their practice groups, or stand in for."""
    return team.answered_by(user_id) | Q(deputy=user_id)


def filtered(*, who: int | None = None, state: str = "", kind: str = "", today: date) -> QuerySet[Deadline]:
    """`state` is open (also ""), unconfirmed, overdue, unchecked or ended."""
    rows = deadlines()
    match state:
        case "ended":
            rows = rows.exclude(state=State.OPEN)
        case "unchecked":
            rows = rows.filter(UNCHECKED)
        case _:
            rows = rows.filter(state=State.OPEN)
    if state == "unconfirmed":
        rows = rows.filter(confirmed_at=None)
    if state == "overdue":
        rows = rows.filter(due_on__lt=today)
    if who is not None:
        rows = rows.filter(is_mine(who))
    return rows.filter(kind=kind) if kind else rows


def page_of(rows: QuerySet[Deadline], *, before: str = "", after: str = "", size: int = PAGE) -> Page:
    """Earliest first; `after` leads to later deadlines, `before` to earlier ones; a broken cursor is the first page."""
    backwards = (cursor := _cursor(before)) is not None
    cursor = cursor or _cursor(after)
    if cursor is not None:
        rows = rows.filter(_beyond(cursor, "lt" if backwards else "gt"))
    order = ("-due_on", "-pk") if backwards else ("due_on", "pk")
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    earlier = str(found[0].public_id) if found and (more if backwards else cursor is not None) else ""
    later = str(found[-1].public_id) if found and (more or backwards) else ""
    count = MOST_COUNTED + 1 if more or cursor is not None else len(found)
    return Page(found, count, earlier, later)


def _beyond(cursor: tuple[date, int], side: str) -> Q:
    day, key = cursor
    return Q(**{f"due_on__{side}e": day}) & (Q(**{f"due_on__{side}": day}) | Q(**{f"pk__{side}": key}))


def _cursor(text: str) -> tuple[date, int] | None:
    """The public id stands in addresses: inner ids have gaps that would tell how much is hidden."""
    try:
        key = UUID(text)
    except ValueError:
        return None
    return Deadline.objects.filter(public_id=key).values_list("due_on", "pk").first()


def waiting_for(user_id: int) -> list[QuerySet[Deadline]]:
    """Entries this person is to confirm, in parts: what anybody may, and what is theirs; never their own entries."""
    rows = Deadline.objects.alias(second=SECOND).exclude(entered_by=user_id)
    theirs = rows.filter(second=Second.CONFIRMED.value, state=State.OPEN)  # the state names the index of each part
    return [rows.filter(second=Second.CONFIRMED_BY_ANYBODY.value), *_theirs(user_id, theirs)]


def unchecked_for(user_id: int) -> list[QuerySet[Deadline]]:
    """Marked as done by somebody else, for this person to check, in parts."""
    rows = Deadline.objects.alias(second=SECOND).filter(matter__state=Matter.State.OPEN).exclude(ended_by=user_id)
    theirs = rows.filter(second=Second.CHECKED.value)
    return [rows.filter(second=Second.CHECKED_BY_ANYBODY.value), *_theirs(user_id, theirs)]


def for_a_second_person(user_id: int, most_unchecked: int) -> QuerySet[Deadline]:
    """The first of what `waiting_for` and `unchecked_for` answer, in one query that uses an index for each part."""
    waiting = [_first(rows, MOST_WAITING) for rows in waiting_for(user_id)]
    unchecked = [_first(rows, most_unchecked) for rows in unchecked_for(user_id)]
    rows = Deadline.objects.filter(pk__in=_together([*waiting, *unchecked]))
    rows = rows.select_related("matter", "entered_by", "ended_by").defer("note", "trace", "matter__summary")
    return rows.order_by("due_on", "pk")


def _first(rows: QuerySet[Deadline], most: int) -> QuerySet[Any]:
    return rows.order_by("due_on", "pk").values("pk")[:most]


def _together(parts: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
    """Of several parts, each found by an index of its own, where one condition with OR would read far more."""
    return parts[0].union(*parts[1:])


def count_waiting(user_id: int) -> int:
    return _together([_first(rows, MOST_WAITING) for rows in waiting_for(user_id)]).count()


def _theirs(user_id: int, rows: QuerySet[Deadline]) -> list[QuerySet[Deadline]]:
    """`is_mine` in parts, for `_together`."""
    parts = [rows.filter(assignee=user_id), rows.filter(deputy=user_id)]
    return [*parts, rows.filter(group__in=groups)] if (groups := team.practice_groups_of(user_id)) else parts


def ahead_of(user_id: int, today: date, most: int) -> tuple[list[Deadline], Standing, list[Day]]:
    """Open deadlines of one person, overdue ones first, how they stand, and how much is due on each day from today."""
    order = ("due_on", F("due_time").asc(nulls_last=True), "pk")
    soon = _theirs(user_id, Deadline.objects.filter(state=State.OPEN, due_on__lt=today + timedelta(days=DAYS)))
    found = _together([part.order_by(*order).values("pk")[:most] for part in soon])
    first = deadlines().filter(pk__in=found).order_by(*order)
    # The sums stand beside each row of the list, which is one query less; the database adds them up once.
    rows: list[Any] = list(first.annotate(sums=ArraySubquery(_sums(soon, today)))[:most])
    sums = {date.fromisoformat(day["on"]): day for day in (rows[0].sums if rows else ())}
    days = [_day(today + timedelta(days=ahead), sums) for ahead in range(DAYS)]
    standing = Standing(
        overdue=_day(today - timedelta(days=1), sums).count,
        today=days[0].count,
        unconfirmed=sums.get(today, NOTHING)["unconfirmed"],
        coming_on=next((day.on for day in days[1:] if day.count), None),
    )
    return rows, standing, days


def _sums(parts: Sequence[QuerySet[Deadline]], today: date) -> QuerySet[Deadline, Any]:
    """By day; all that is overdue falls on yesterday."""
    yesterday = Value(today - timedelta(days=1), output_field=DateField())
    counted = (
        Deadline.objects.filter(pk__in=_together([part.values("pk") for part in parts]))
        .order_by()
        .values(on=Greatest("due_on", yesterday))
        .annotate(
            n=Count("pk"),
            critical=Count("pk", filter=Q(criticality=Deadline.Criticality.CRITICAL)),
            unconfirmed=Count("pk", filter=Q(confirmed_at=None)),
        )
    )
    return counted.values(sums=JSONObject(on="on", n="n", critical="critical", unconfirmed="unconfirmed"))


def _day(on: date, sums: dict[date, dict[str, int]]) -> Day:
    found = sums.get(on, NOTHING)
    return Day(on, found["n"], found["critical"])


def of_matter(matter_id: int) -> QuerySet[Deadline]:
    """Open ones first by date, then those that ended, latest first."""
    return deadlines().filter(matter=matter_id).order_by(F("ended_at").desc(nulls_first=True), "due_on", "pk")


def next_of(matter_id: int) -> Deadline | None:
    """The next open deadline, which also knows how many are `open_count`."""
    counted = deadlines().filter(matter=matter_id, state=State.OPEN).annotate(open_count=Window(Count("pk")))
    return counted.order_by("due_on", "pk").first()


def journal_of(deadline: Deadline) -> QuerySet[JournalEntry]:
    entries = JournalEntry.objects.filter(object_type="deadlines.deadline", object_id=deadline.pk)
    return entries.order_by("-at", "-pk")
