"""What one person is asked to do: on their front page, and in the navigation of every page, hence prepared."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet

from deadlines.models import Deadline
from deadlines.models.deadline import SECOND, Second
from deadlines.queries import team
from deadlines.queries.book import deadlines
from lawcrm.prepared import Prepared, padded
from matters.models import Matter

MOST_WAITING = 10  # as the navigation says it: 9+
DAYS = 14
MOST_COUNTED = 1000  # overdue or due within the days shown
State = Deadline.State
type Groups = tuple[int, ...]


class Due(NamedTuple):
    """What one open deadline adds to how a person stands."""

    pk: int
    on: date
    by: time | None
    criticality: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    count: int
    critical: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How one person stands on a day; `coming_on` is the next date within the days shown.

    Where there is more than MOST_COUNTED, nothing else is told.
    """

    overdue: int
    today: int
    unconfirmed: int  # of those due today
    coming_on: date | None
    more: bool = False


def count_waiting(user_id: int) -> int:
    """Entries this person is to confirm, at most MOST_WAITING."""
    return len(_WAITING.ask(user=user_id, groups=team.practice_groups_of(user_id)))


def for_a_second_person(user_id: int, most_unchecked: int) -> list[Deadline]:
    """The first that this person is to confirm, and to check: one query that uses an index for each part of it."""
    groups = team.practice_groups_of(user_id)
    return _FOR_A_SECOND_PERSON.ask(most_unchecked, user=user_id, groups=groups)


def ahead_of(user_id: int, today: date, most: int) -> tuple[list[Deadline], Standing, list[Day]]:
    """Open deadlines of one person, overdue ones first, how they stand, and how much is due on each day from today.

    All that is due is looked at once, narrow and in the order of an index; whole rows are read of what is shown.
    """
    groups = team.practice_groups_of(user_id)
    found: list[Any] = _DUE.ask(user=user_id, groups=groups, until=today + timedelta(days=DAYS))
    due = sorted((Due(*row) for row in found), key=lambda one: (one.on, one.by or time.max, one.pk))
    shown = [one.pk for one in due[:most]]
    rows = {row.pk: row for row in _SHOWN.ask(ids=padded(shown, most))} if shown else {}
    return [rows[pk] for pk in shown if pk in rows], _standing(due, today), _days(due, today)


def _standing(due: list[Due], today: date) -> Standing:
    of_today = [one for one in due if one.on == today]
    return Standing(
        overdue=sum(one.on < today for one in due),
        today=len(of_today),
        unconfirmed=sum(one.confirmed_at is None for one in of_today),
        coming_on=next((one.on for one in due if one.on > today), None),
        more=len(due) > MOST_COUNTED,
    )


def _days(due: list[Due], today: date) -> list[Day]:
    """None where not all could be counted."""
    if len(due) > MOST_COUNTED:
        return []
    counts = Counter(one.on for one in due)
    critical = Counter(one.on for one in due if one.criticality == Deadline.Criticality.CRITICAL)
    ahead = (today + timedelta(days=number) for number in range(DAYS))
    return [Day(on, counts[on], critical[on]) for on in ahead]


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


def _due(*, user: int, groups: Groups, until: date) -> QuerySet[Any, Any]:
    """Each part in the order of its index, and no further than is counted."""
    soon = _theirs(user, groups, Deadline.objects.filter(state=State.OPEN, due_on__lt=until))
    columns = ("pk", "due_on", "due_time", "criticality", "confirmed_at")
    return _together([part.order_by("due_on", "pk").values_list(*columns)[: MOST_COUNTED + 1] for part in soon])


def _shown(*, ids: tuple[int, ...]) -> QuerySet[Deadline]:
    return deadlines().filter(pk__in=ids)


# Part of what waits for a second person is found among all that the viewer sees.
_WAITING, _FOR_A_SECOND_PERSON = Prepared(_waiting, one_plan=False), Prepared(_for_a_second_person, one_plan=False)
_DUE, _SHOWN = Prepared(_due), Prepared(_shown)
