"""The deadline book: what is due, for whom, and what waits for a second pair of eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window

from deadlines.models import Deadline, Extension
from deadlines.models.deadline import UNCHECKED
from deadlines.queries import reminders, team
from lawcrm.models import JournalEntry
from lawcrm.prepared import Prepared, padded

PAGE, PROPOSED_AT_ONCE = 50, 20
MOST_COUNTED = PAGE
ANYBODY = Q()
# What a line of the list is drawn from; `acl` tells what is seen by break-glass alone.
LISTED = (
    *("public_id", "kind", "criticality", "title", "due_on", "due_time", "trigger_on", "trigger_label", "series"),
    *("state", "confirmed_at", "checked_at", "proposed_on", "matter__number", "matter__title", "matter__acl"),
)
State = Deadline.State


@dataclass(frozen=True, slots=True)
class Page:
    """One page by key; `count` is at most MOST_COUNTED + 1, which means "more"; cursors are public ids or ""."""

    rows: list[Deadline]
    count: int
    earlier: str
    later: str


def deadlines() -> QuerySet[Deadline]:
    """With what a line of a list shows, in one query; `hoped_on` is the date of an extension that was asked for."""
    asked = Extension.objects.filter(deadline=OuterRef("pk"), state=Extension.State.ASKED)
    rows = Deadline.objects.select_related("matter", "assignee", "group", "entered_by")
    rows = rows.defer("note", "trace", "matter__summary")
    return rows.annotate(hoped_on=Subquery(asked.values("until_on")[:1]))


def is_mine(user_id: int) -> Q:
    """What they answer for, alone or with their practice groups, or stand in for."""
    return is_among_mine(user_id, team.practice_groups_of(user_id))


def is_among_mine(user_id: int, groups: Sequence[int]) -> Q:
    return team.answered_among(user_id, groups) | Q(deputy=user_id)


def filtered(
    *, mine: Q = ANYBODY, state: str = "", kind: str = "", today: date, proposed: Sequence[int] = ()
) -> QuerySet[Deadline]:
    """`state` is open (also ""), unconfirmed, overdue, unchecked or ended; `proposed` those overdue by a proposal."""
    rows = deadlines().filter(mine)
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
        rows = rows.filter(reminders.due_or_among(today, proposed))
    return rows.filter(kind=kind) if kind else rows


def page_of(  # noqa: PLR0913 - filters and place of one page
    *,
    who: int | None = None,
    state: str = "",
    kind: str = "",
    today: date,
    before: str = "",
    after: str = "",
    size: int = PAGE,
) -> Page:
    """Earliest first; `after` leads to later deadlines, `before` to earlier ones; a broken cursor is the first page."""
    backwards = (cursor := _cursor(before)) is not None
    cursor = cursor or _cursor(after)
    values: dict[str, Any] = {}
    if state == "overdue":
        values |= {"today": today, "proposed": padded(reminders.proposed_before(today), PROPOSED_AT_ONCE)}
    if who is not None:
        values |= {"who": who, "groups": team.practice_groups_of(who)}
    if cursor is not None:
        values |= dict(zip(("day", "key"), cursor, strict=True))
    found = _PAGE.ask(state, kind, backwards, size + 1, **values)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    earlier = str(found[0].public_id) if found and (more if backwards else cursor is not None) else ""
    later = str(found[-1].public_id) if found and (more or backwards) else ""
    count = MOST_COUNTED + 1 if more or cursor is not None else len(found)
    return Page(sorted(found, key=_by_hour), count, earlier, later)


def _by_hour(row: Deadline) -> tuple[date, time]:
    """Within a day those with an hour first; from page to page it goes by day and entry, as an index has it."""
    return row.due_on, row.due_time or time.max


def _page(state: str, kind: str, backwards: bool, most: int, **values: Any) -> QuerySet[Deadline]:  # noqa: FBT001
    """`values` are there as far as they were asked for: who and groups, today and proposed, day and key."""
    mine = is_among_mine(values["who"], values["groups"]) if "who" in values else ANYBODY
    today, proposed = values.get("today", date.min), values.get("proposed", ())
    rows = filtered(mine=mine, state=state, kind=kind, today=today, proposed=proposed)
    if "key" in values:
        rows = rows.filter(_beyond((values["day"], values["key"]), "lt" if backwards else "gt"))
    order = ("-due_on", "-pk") if backwards else ("due_on", "pk")
    return rows.select_related(None).select_related("matter").only(*LISTED).order_by(*order)[:most]


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


def of_matter(matter_id: int) -> QuerySet[Deadline]:
    """Open ones first by date, then those that ended, latest first."""
    return deadlines().filter(matter=matter_id).order_by(F("ended_at").desc(nulls_first=True), "due_on", "pk")


def next_of(matter_id: int) -> Deadline | None:
    """The next open deadline, which also knows how many are `open_count`."""
    return _NEXT_OF.first(matter=matter_id)


def _next_of(*, matter: int) -> QuerySet[Deadline]:
    counted = deadlines().filter(matter=matter, state=State.OPEN).annotate(open_count=Window(Count("pk")))
    return counted.order_by("due_on", "pk")[:1]


_PAGE, _NEXT_OF = Prepared(_page, one_plan=False), Prepared(_next_of)


def journal_of(deadline: Deadline) -> QuerySet[JournalEntry]:
    entries = JournalEntry.objects.filter(object_type="deadlines.deadline", object_id=deadline.pk)
    return entries.order_by("-at", "-pk")
