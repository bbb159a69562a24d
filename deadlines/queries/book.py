"""The deadline book: what is due, for whom, and what waits for a second pair of eyes."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet

from deadlines.models import Deadline
from lawcrm.models import JournalEntry

PAGE = 50
MOST_COUNTED = 1000
MOST_WAITING = 100
DAYS = 14
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
    """With what a line of a list shows, in one query."""
    return Deadline.objects.select_related("matter", "assignee", "entered_by").defer("note", "trace", "matter__summary")


def is_mine(user_id: int) -> Q:
    return Q(assignee=user_id) | Q(deputy=user_id)


def filtered(*, who: int | None = None, state: str = "", kind: str = "", today: date) -> QuerySet[Deadline]:
    """`state` is open (also ""), unconfirmed, overdue or ended."""
    rows = deadlines()
    rows = rows.exclude(state=State.OPEN) if state == "ended" else rows.filter(state=State.OPEN)
    if state == "unconfirmed":
        rows = rows.filter(confirmed_at=None)
    if state == "overdue":
        rows = rows.filter(due_on__lt=today)
    if who is not None:
        rows = rows.filter(is_mine(who))
    return rows.filter(kind=kind) if kind else rows


def page_of(rows: QuerySet[Deadline], *, before: str = "", after: str = "", size: int = PAGE) -> Page:
    """Earliest first; `after` leads to later deadlines, `before` to earlier ones; a broken cursor is the first page."""
    count = rows.order_by()[: MOST_COUNTED + 1].count()
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


def waiting_for(user_id: int) -> QuerySet[Deadline]:
    """Entries this person is to check: those given to them, or to nobody but who entered them."""
    alone = Q(assignee=F("entered_by"), deputy=None)
    unconfirmed = Deadline.objects.filter(state=State.OPEN, confirmed_at=None).exclude(entered_by=user_id)
    return unconfirmed.filter(is_mine(user_id) | alone)


def count_waiting(user_id: int) -> int:
    return waiting_for(user_id).order_by()[:MOST_WAITING].count()


def mine_until(user_id: int, last: date) -> QuerySet[Deadline]:
    """Open deadlines of one person, overdue ones first."""
    mine = deadlines().filter(is_mine(user_id), state=State.OPEN, due_on__lte=last)
    return mine.order_by("due_on", F("due_time").asc(nulls_last=True), "pk")


def standing(user_id: int, today: date, days: int = DAYS) -> Standing:
    """Counted over all rows, also those a page has no room for."""
    last = today + timedelta(days=days - 1)
    found = Deadline.objects.filter(is_mine(user_id), state=State.OPEN, due_on__lte=last).aggregate(
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        today=Count("pk", filter=Q(due_on=today)),
        unconfirmed=Count("pk", filter=Q(due_on=today, confirmed_at=None)),
        coming_on=Min("due_on", filter=Q(due_on__gt=today)),
    )
    return Standing(**found)


def days_of(user_id: int, today: date, days: int = DAYS) -> list[Day]:
    """How much is due on each of the coming days; the first entry is today."""
    last = today + timedelta(days=days - 1)
    mine = Deadline.objects.filter(is_mine(user_id), state=State.OPEN, due_on__range=(today, last))
    critical = Count("pk", filter=Q(criticality=Deadline.Criticality.CRITICAL))
    found = {row["due_on"]: row for row in mine.order_by().values("due_on").annotate(n=Count("pk"), critical=critical)}
    dates = [today + timedelta(days=ahead) for ahead in range(days)]
    return [Day(on, found[on]["n"], found[on]["critical"]) if on in found else Day(on, 0, 0) for on in dates]


def of_matter(matter_id: int) -> QuerySet[Deadline]:
    """Open ones first by date, then those that ended, latest first."""
    return deadlines().filter(matter=matter_id).order_by(F("ended_at").desc(nulls_first=True), "due_on", "pk")


def next_of(matter_id: int) -> Deadline | None:
    return deadlines().filter(matter=matter_id, state=State.OPEN).order_by("due_on", "pk").first()


def count_open(matter_id: int) -> int:
    return Deadline.objects.filter(matter=matter_id, state=State.OPEN).count()


def journal_of(deadline: Deadline) -> QuerySet[JournalEntry]:
    entries = JournalEntry.objects.filter(object_type="deadlines.deadline", object_id=deadline.pk)
    return entries.order_by("-at", "-pk")
