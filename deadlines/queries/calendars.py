"""The calendars of the book: the library's days as they stand in the table, and the firm's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Q, QuerySet

from deadlines.engine.calendars import Calendar
from deadlines.engine.errors import UnknownCalendar
from deadlines.models import HolidayCalendar, HolidayDay, OwnHoliday

type Days = Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A day as a page shows it: `own` is what the firm says of it; without one the library has it closed."""

    day: date
    name: str
    kind: str
    own: OwnHoliday | None = None

    @property
    def counts(self) -> bool:
        return self.own is None or self.own.is_closed or self.own.is_half


class Book:
    """For one computation or one run: two queries for each calendar, and one for what the library has not told yet."""

    def __init__(self) -> None:
        self._known: dict[str, Calendar] = {}
        self.seats: dict[int, tuple[str, str]] = {}  # of courts asked for, as queries/seats.py reads them

    def get(self, code: str) -> Calendar:
        if code not in self._known:
            self._known[code] = _read(code)
        return self._known[code]

    def has(self, code: str) -> bool:
        try:
            self.get(code)
        except UnknownCalendar:
            return False
        return True


def _read(code: str) -> Calendar:
    row = HolidayCalendar.objects.filter(code=code).first()
    if row is None:
        message = f"There is no calendar {code!r} in the book."
        raise UnknownCalendar(message)
    closed, half = _library_days(code, row.made_from)
    closed, half = dict(closed), dict(half)
    short: dict[date, str] = {}
    for own in own_days(row):
        closed.pop(own.day, None)
        half.pop(own.day, None)
        if own.is_closed or own.is_half:
            (closed if own.is_closed else short)[own.day] = f"{own.name} (entered by the firm)"
    return Calendar(code, closed, row.first_on, row.last_on, half, short)


@lru_cache(maxsize=128)
def _library_days(code: str, made_from: str) -> tuple[Days, Days]:  # noqa: ARG001 - the hash names the content
    """Closed and half days; kept for the process, since other days would have another hash."""
    closed: dict[date, str] = {}
    half: dict[date, str] = {}
    for day, kind, name in HolidayDay.objects.filter(calendar__code=code).values_list("day", "kind", "name"):
        (half if kind == HolidayDay.Kind.HALF_DAY else closed)[day] = name
    return closed, half


def own_days(calendar: HolidayCalendar) -> QuerySet[OwnHoliday]:
    """What the firm says now."""
    return OwnHoliday.objects.filter(calendar=calendar, withdrawn_at=None)


def calendars() -> QuerySet[HolidayCalendar]:
    standing = Count("own_days", filter=Q(own_days__withdrawn_at=None))
    return HolidayCalendar.objects.annotate(own_count=standing).order_by("code")


def year_of(calendar: HolidayCalendar, year: int) -> list[Line]:
    """Every day of a year about which something is said, in order."""
    own = {row.day: row for row in own_days(calendar).filter(day__year=year).select_related("entered_by")}
    said = HolidayDay.objects.filter(calendar=calendar, day__year=year)
    lines = [_line(row, own.pop(row.day, None)) for row in said]
    lines += [Line(row.day, row.name, row.get_kind_display(), row) for row in own.values()]
    return sorted(lines, key=lambda line: line.day)


def _line(row: HolidayDay, own: OwnHoliday | None) -> Line:
    """What the firm makes a half day of is one."""
    kind = own.get_kind_display() if own is not None and own.is_half else row.get_kind_display()
    return Line(row.day, row.name, kind, own)
