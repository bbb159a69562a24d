"""On which days the office works, by which people are reminded and waited for."""

from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from deadlines.engine.calendars import Calendar
from deadlines.engine.errors import BeyondHorizon, UnknownCalendar
from deadlines.ladder import WEEKDAYS, OpenDays
from deadlines.queries import seats
from deadlines.queries.calendars import Book
from lawcrm.models.firm import Firm
from matters.models import Matter


@dataclass(frozen=True, slots=True)
class Known:
    """A calendar; before and beyond what it covers, Monday to Friday: a reminder is never refused."""

    calendar: Calendar

    def is_open(self, day: date) -> bool:
        try:
            return self.calendar.is_open(day)
        except BeyondHorizon:
            return WEEKDAYS.is_open(day)


@dataclass
class WorkingDays:
    """The office's calendar, else that of the matter's court, else weekdays; one is made per batch of matters."""

    calendars: Book = field(default_factory=Book)
    _office: OpenDays | None = field(init=False)
    _seats: dict[int | None, OpenDays] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._office = self._named(office_code())

    def of(self, matter: Matter) -> OpenDays:
        if self._office is not None:
            return self._office
        if matter.court_id not in self._seats:
            self._seats[matter.court_id] = self._named(seats.code_of(matter.court_id, self.calendars)) or WEEKDAYS
        return self._seats[matter.court_id]

    def _named(self, code: str | None) -> OpenDays | None:
        try:
            return Known(self.calendars.get(code)) if code else None
        except UnknownCalendar:
            return None


def office_code() -> str:
    """OFFICE_CALENDAR where it is set, as for an office in Berlin: de-be; else the country given at set-up."""
    if settings.OFFICE_CALENDAR:
        return str(settings.OFFICE_CALENDAR)
    firm = Firm.current()
    return firm.country.lower() if firm is not None else ""
