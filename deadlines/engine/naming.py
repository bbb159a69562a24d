"""Reading a profile id such as `roll:de-be`, `tr-hmk` or `hours@Europe/Copenhagen`."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deadlines.engine.calendars import Calendar, Calendars
from deadlines.engine.errors import CalendarNeeded, UnknownCalendar, UnknownProfile
from deadlines.engine.profiles import PROFILES, Profile


@dataclass(frozen=True, slots=True)
class Named:
    profile: Profile
    calendar: str | None = None
    zone: ZoneInfo | None = None


def read(name: str) -> Named:
    if name in PROFILES:
        return Named(PROFILES[name])
    head, at, zone = name.partition("@")
    if at and head == "hours":
        return Named(PROFILES[head], zone=_zone(zone))
    head, colon, calendar = name.partition(":")
    if colon and calendar and head in PROFILES and PROFILES[head].needs:
        return Named(PROFILES[head], calendar)
    raise UnknownProfile(f"There is no profile {name!r}. Known are: {', '.join(sorted(PROFILES))}.")


def _zone(key: str) -> ZoneInfo:
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError) as why:
        raise UnknownProfile(f"There is no time zone {key!r}.") from why


def calendar_of(named: Named, asked: str | None, calendars: Calendars) -> Calendar | None:
    """The profile's own calendar, or the one asked for; two different ones are a contradiction."""
    own = named.calendar or named.profile.fixed
    if own and asked and own != asked:
        raise UnknownCalendar(f"The profile names the calendar {own}, but {asked} was asked for.")
    code = own or asked
    if code is None and named.profile.needs:
        name = named.profile.name
        raise CalendarNeeded(f"The profile {name} needs the calendar of the court's seat, as in {name}:de-be.")
    return calendars.get(code) if code else None
