"""Weeks of the deadline book, drawn as a calendar."""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from deadlines.models import Deadline
from deadlines.queries import book

WEEK = 7
State = Deadline.State


@dataclass(frozen=True, slots=True)
class Day:
    """`rows` are the first of the day; `more` says how many others it has."""

    on: date
    rows: list[Deadline]
    more: int

    @property
    def count(self) -> int:
        return len(self.rows) + self.more


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def month_of(day: date) -> tuple[date, int]:
    """From the Monday of its first week: the first day drawn, and how many are, in whole weeks."""
    last = day.replace(day=monthrange(day.year, day.month)[1])
    first = monday_of(day.replace(day=1))
    return first, (monday_of(last) - first).days + WEEK


def days(first: date, count: int, *, who: int | None, most: int) -> list[Day]:
    """Open and done entries of each day, at most so many shown; two queries however many there are."""
    last = first + timedelta(days=count - 1)
    rows = _shown(first, last, who)
    place = Window(RowNumber(), partition_by=F("due_on"), order_by=[F("due_time").asc(nulls_last=True), F("pk").asc()])
    by_day: defaultdict[date, list[Deadline]] = defaultdict(list)
    for row in rows.annotate(place=place).filter(place__lte=most).order_by("due_on", "place"):
        by_day[row.due_on].append(row)
    counts = dict(rows.order_by().values_list("due_on").annotate(n=Count("pk")))
    dates = [first + timedelta(days=ahead) for ahead in range(count)]
    return [Day(on, by_day[on], counts.get(on, 0) - len(by_day[on])) for on in dates]


def _shown(first: date, last: date, who: int | None) -> QuerySet[Deadline]:
    """What was struck no longer counts and stands in the list only."""
    mine = Q() if who is None else book.is_mine(who)
    return book.deadlines().filter(mine, due_on__range=(first, last)).exclude(state=State.STRUCK)
