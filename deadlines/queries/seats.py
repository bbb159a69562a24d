"""Where a matter's court sits, and which calendar that means."""

from django.utils.translation import gettext as _

from clients.models import Court
from deadlines.engine import naming, rules
from deadlines.engine.errors import CalendarNeeded
from deadlines.queries import calendars
from lawcrm import access
from matters.models import Matter

# Of countries whose holidays differ from part to part, one of the parts.
OF_PARTS = {"de": "de-be", "ch": "ch-zh"}
UNION = "eu/1182-71"
# What a member state has notified under Art. 2(1) of that regulation may be less than its own courts keep;
# outside of the Union nothing is notified.
NOTIFIED = {
    "at": "at-public",
    "dk": "dk-public",
    "se": "se-public",
    **dict.fromkeys(("ch", "gb", "tr", "us"), "weekend"),
}


def place_of(matter: Matter, rule: rules.Rule, known: calendars.Book) -> tuple[rules.Place, tuple[str, ...]]:
    """The seat's calendar where the law asks for it, and what to say of it; a law with its own calendar keeps that.

    Without a court the rule's own default serves and says so. A court whose seat leads to no calendar is
    refused: another court's days of rest could make the date too late. Raises CalendarNeeded.
    """
    profile = naming.read(rule.profile).profile
    if matter.court_id is None or (profile.fixed and not profile.needs) or _is_of_an_office(rule):
        return rules.Place(calendars=known), ()
    country, part = seat_of(matter.court_id, known)
    code = _for_rule(rule, country, _calendar_of(country, part, known), known)
    if code is None and profile.needs:
        raise CalendarNeeded(_no_calendar(country, part))
    partly = code == country and country in OF_PARTS
    said = (_("The court's state is not known: counted on the days of rest of the whole country."),) if partly else ()
    return rules.Place(code, calendars=known), said


def _is_of_an_office(rule: rules.Rule) -> bool:
    """Filed at an office of the Union or at the EPO, wherever the court of the matter sits."""
    return rule.jurisdiction == "eu" and rule.profile != UNION


def _for_rule(rule: rules.Rule, country: str, code: str | None, known: calendars.Book) -> str | None:
    """The days of the seat that the rule's law knows: those notified to the Union, those of authorities."""
    if rule.profile == UNION and country in NOTIFIED:
        return NOTIFIED[country] if known.has(NOTIFIED[country]) else "weekend"
    is_variant = rule.calendar is not None and rule.calendar.partition("-")[0] == country
    return rule.calendar if code == country and country not in OF_PARTS and is_variant else code


def code_of(court_id: int | None, known: calendars.Book) -> str | None:
    """The calendar of the court's state, else of its country; None where there is none of it."""
    return None if court_id is None else _calendar_of(*seat_of(court_id, known), known)


def _calendar_of(country: str, part: str, known: calendars.Book) -> str | None:
    return next((code for code in (f"{country}-{part}" if part else "", country) if code and known.has(code)), None)


def seat_of(court_id: int, known: calendars.Book) -> tuple[str, str]:
    """Country and part of the country, in small letters; empty where the directory does not say."""
    if court_id not in known.seats:
        known.seats[court_id] = _read(court_id)
    return known.seats[court_id]


def _read(court_id: int) -> tuple[str, str]:
    with access.as_system("the seat of a matter's court"):
        court = Court.objects.filter(pk=court_id).values("country", "subdivision").first()
    country, part = (court["country"], court["subdivision"]) if court else ("", "")
    return country.strip().lower(), part.strip().lower().rpartition("-")[2]


def _no_calendar(country: str, part: str) -> str:
    if not country:
        return _("The court of this matter has no seat in the directory. Enter its seat, or the date yourself.")
    seat = f"{country}-{part}".upper() if part else country.upper()
    words = _("There is no calendar for the court's seat (%(seat)s). Enter the date yourself, or correct the seat.")
    return words % {"seat": seat}
