"""The control sheet of a day: what fell due, what was entered, what was done and struck, what nobody confirmed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deadlines.models import Deadline
from deadlines.models.deadline import UNCHECKED
from deadlines.queries import book, reminders

MOST = 300
State = Deadline.State

TITLES: dict[str, str | Promise] = {
    "overdue": _("Overdue"),
    "due": _("Due on this day"),
    "unconfirmed": _("Critical and unconfirmed"),
    "unchecked": _("Done and not yet checked"),
    "entered": _("Entered on this day"),
    "done": _("Done on this day"),
    "struck": _("Struck on this day"),
}


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str | Promise
    rows: list[Deadline]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    on: date
    sections: list[Section]

    @property
    def open_ones(self) -> list[Deadline]:
        """What of the day, or from before it, nobody has settled."""
        found = [row for section in self.sections if section.key in {"overdue", "due"} for row in section.rows]
        return [row for row in found if row.state == State.OPEN]

    @property
    def rows(self) -> list[Deadline]:
        return list({row.pk: row for section in self.sections for row in section.rows}.values())


def of_day(on: date, *, who: int | None) -> Sheet:
    """One query a section; the day of what was entered and ended is that of the clock on the reader's wall."""
    day = _span(on)
    # By what is proposed too: until somebody has decided, the earlier of both dates counts.
    wanted = {
        "overdue": reminders.due_before(on) & Q(state=State.OPEN),
        # With what was struck before: BGH NJW 2000, 1957 wants struck dates looked at again in the evening.
        "due": Q(due_on=on) | reminders.proposed_for(on),
        "unconfirmed": Q(state=State.OPEN, confirmed_at=None, criticality=Deadline.Criticality.CRITICAL),
        "unchecked": UNCHECKED,
        "entered": Q(entered_at__range=day),
        "done": Q(state=State.DONE, ended_at__range=day),
        "struck": Q(state=State.STRUCK, ended_at__range=day),
    }
    if on < timezone.localdate():
        # What is overdue, unconfirmed or unchecked now was perhaps none of it then.
        del wanted["overdue"], wanted["unconfirmed"], wanted["unchecked"]
    return Sheet(on, [_section(key, _rows(condition, who)) for key, condition in wanted.items()])


def _span(on: date) -> tuple[datetime, datetime]:
    zone = timezone.get_current_timezone()
    begins, ends = (datetime.combine(day, time(), zone) for day in (on, on + timedelta(days=1)))
    return begins, ends - timedelta(microseconds=1)


def _rows(condition: Q, who: int | None) -> QuerySet[Deadline]:
    mine = Q() if who is None else book.is_mine(who)
    rows = book.deadlines().select_related("matter", "assignee", "entered_by", "confirmed_by", "ended_by")
    return rows.filter(mine, condition).order_by("due_on", "due_time", "pk")


def _section(key: str, rows: QuerySet[Deadline]) -> Section:
    found = list(rows[: MOST + 1])
    return Section(key, TITLES[key], found[:MOST], len(found) > MOST)
