"""The control sheet of a day: what fell due, what was entered, what was done and struck, what nobody confirmed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deadlines.models import Deadline, SignedSheet
from deadlines.models.deadline import UNCHECKED
from deadlines.queries import book, reminders
from lawcrm.accounts.models import User

MOST = 300
ORDER = ("due_on", "due_time", "pk")
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
    """`about` is whose entries stand on it; None for all that the viewer sees."""

    on: date
    about: User | None
    sections: list[Section]

    @property
    def open_ones(self) -> list[Deadline]:
        """What of the day, or from before it, nobody has settled."""
        found = [row for section in self.sections if section.key in {"overdue", "due"} for row in section.rows]
        return [row for row in found if row.state == State.OPEN]

    @property
    def rows(self) -> list[Deadline]:
        return list({row.pk: row for section in self.sections for row in section.rows}.values())


def people() -> list[User]:
    """Of whom the viewer sees an entry: responsible alone or in a practice group, or deputy; by name."""
    entries = Deadline.objects.order_by()
    groups = Group.objects.filter(Exists(entries.filter(group=OuterRef("pk"))))
    arms = [User.objects.filter(Exists(entries.filter(**{role: OuterRef("pk")}))) for role in ("assignee", "deputy")]
    # Each part by itself is begun at the people or at the matters, whichever are fewer.
    return list(User.objects.filter(groups__in=groups).union(*arms).order_by("full_name", "pk"))


def of_day(on: date, *, about: User | None) -> Sheet:
    """Two queries for all sections; the day of what was entered and ended is that of the clock on the reader's wall."""
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
    return Sheet(on, about, _sections(wanted, book.is_mine(about.pk) if about else book.ANYBODY))


def signed(sheet: Sheet, most: int) -> list[SignedSheet]:
    """By whom it was signed, the last one first, as far as the viewer may see."""
    rows = SignedSheet.objects.filter(about=sheet.about, day=sheet.on).select_related("signed_by")
    return list(rows.order_by("-signed_at")[:most])


def _span(on: date) -> tuple[datetime, datetime]:
    zone = timezone.get_current_timezone()
    begins, ends = (datetime.combine(day, time(), zone) for day in (on, on + timedelta(days=1)))
    return begins, ends - timedelta(microseconds=1)


def _sections(wanted: dict[str, Q], mine: Q) -> list[Section]:
    first, *others = (_named(key, mine & condition) for key, condition in wanted.items())
    named: dict[str, list[int]] = {key: [] for key in wanted}
    for key, pk in first.union(*others, all=True):
        named[key].append(pk)
    rows = book.deadlines().select_related("matter", "assignee", "deputy", "entered_by", "confirmed_by", "ended_by")
    known = rows.in_bulk({pk for pks in named.values() for pk in pks})
    return [_section(key, [known[pk] for pk in pks if pk in known]) for key, pks in named.items()]


def _named(key: str, condition: Q) -> QuerySet[Deadline, tuple[str, int]]:
    rows = Deadline.objects.filter(condition).order_by(*ORDER)
    return rows.annotate(section=Value(key)).values_list("section", "pk")[: MOST + 1]


def _section(key: str, rows: list[Deadline]) -> Section:
    found = sorted(rows, key=lambda row: (row.due_on, row.due_time or time.max, row.pk))
    return Section(key, TITLES[key], found[:MOST], len(found) > MOST)
