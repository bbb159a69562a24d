"""Weeks of the deadline book, drawn as a calendar."""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from deadlines.models import Deadline, Proposal
from deadlines.queries import book

type Rows = defaultdict[date, list[Any]]
WEEK = 7
State = Deadline.State


@dataclass(frozen=True, slots=True)
class Day:
    """`proposed` would be due then by an earlier date nobody has decided on; `count` are due then, `rows` the first."""

    on: date
    proposed: list[Deadline]
    rows: list[Deadline]
    count: int
    more: int

    @property
    def is_free(self) -> bool:
        return not (self.proposed or self.count)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> tuple[date, int]:
    """From the Monday of its first week: the first day drawn, and how many are, in whole weeks."""
    last = day.replace(day=monthrange(day.year, day.month)[1])
    first = monday_of(day.replace(day=1))
    return first, (monday_of(last) - first).days + WEEK


def days(first: date, count: int, *, who: int | None, most: int) -> list[Day]:
    """Open and done entries of each day, at most so many shown; two queries however many there are."""
    span = first, first + timedelta(days=count - 1)
    mine = Q() if who is None else book.is_mine(who)
    due = _by_day(_due(span).filter(mine), "due_on", most)
    earlier = _by_day(_earlier(span).filter(mine), "proposed_on", most)
    return [_day(first + timedelta(days=ahead), due, earlier, most) for ahead in range(count)]


def _due(span: tuple[date, date]) -> QuerySet[Deadline]:
    """What was struck no longer counts and stands in the list only."""
    return book.deadlines().filter(due_on__range=span).exclude(state=State.STRUCK)


def _earlier(span: tuple[date, date]) -> QuerySet[Deadline]:
    """Until somebody has decided, the earlier of both dates counts."""
    waiting = Proposal.objects.filter(state=Proposal.State.OPEN, new_on__range=span)
    rows = book.deadlines().filter(pk__in=waiting.values("deadline"), state=State.OPEN)
    return rows.filter(proposed_on__lt=F("due_on"))


def _by_day(rows: QuerySet[Deadline], day: str, most: int) -> Rows:
    """The first of each day, which know how many are `of_day`."""
    place = Window(RowNumber(), partition_by=F(day), order_by=[F("due_time").asc(nulls_last=True), F("pk").asc()])
    numbered = rows.annotate(place=place, of_day=Window(Count("pk"), partition_by=F(day)))
    found: Rows = defaultdict(list)
    for row in numbered.filter(place__lte=most).order_by(day, "place"):
        found[getattr(row, day)].append(row)
    return found


def _day(on: date, due: Rows, earlier: Rows, most: int) -> Day:
    rows, proposed = due[on], earlier[on]
    count, also = (found[0].of_day if found else 0 for found in (rows, proposed))
    rows = rows[: most - len(proposed)]
    return Day(on, proposed, rows, count, count + also - len(rows) - len(proposed))
