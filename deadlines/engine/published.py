"""Calendars made from the pinned `holidays` library, which knows no court's own list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import holidays
from dateutil.easter import easter

from deadlines.engine.calendars import Calendar
from deadlines.engine.errors import UnknownCalendar

FIRST_YEAR, LAST_YEAR = 1975, 2050
# Feasts by the moon are confirmed this far; what follows is estimated.
LAST_CONFIRMED = {"tr": 2032}
LAENDER = ("bw", "by", "be", "bb", "hb", "hh", "he", "mv", "ni", "nw", "rp", "sl", "sn", "st", "sh", "th")
PUBLIC, SPECIAL, COURT = "public", "special", "court"
CANTONS = tuple(name.lower() for name in holidays.country_holidays("CH").subdivisions if len(name) == 2)  # noqa: PLR2004
Names = dict[date, str]


@dataclass(frozen=True, slots=True)
class Source:
    country: str
    subdivision: str | None = None
    categories: tuple[str, ...] = (PUBLIC,)
    language: str = "en_US"
    observed: bool = True
    more: Callable[[range], Names] = lambda _years: {}

    def days(self, years: range) -> Names:
        return {**_library(self, years), **self.more(years)}


def _library(source: Source, years: range) -> Names:
    found = holidays.country_holidays(
        source.country,
        subdiv=source.subdivision,
        categories=source.categories,
        years=years,
        language=source.language,
        observed=source.observed,
        expand=False,
    )
    return dict(found.items())


def _each_year(years: Iterable[int], *named: tuple[int, int, str]) -> Names:
    return {date(year, month, day): name for year in years for month, day, name in named}


def _danish_special(years: range) -> Names:
    eves = ((6, 5, "Constitution Day"), (12, 24, "Christmas Eve"), (12, 31, "New Year's Eve"))
    return _each_year(years, *eves)


def _good_fridays(years: range) -> Names:
    return {easter(year) - timedelta(days=2): "Good Friday" for year in years}


def _good_friday_and_christmas_eve(years: range) -> Names:
    return {**_good_fridays(years), **_each_year(years, (12, 24, "Christmas Eve"))}


def _court_of_justice(years: range) -> Names:
    """The official holidays by the Court's decision under Art. 24(6) of its Rules of Procedure."""
    fixed = [(1, 1, "New Year's Day"), (5, 1, "Labour Day"), (5, 9, "Europe Day")]
    fixed += [(6, 23, "National Day of Luxembourg"), (8, 15, "Assumption Day")]
    fixed += [(12, day, "year-end closure") for day in range(24, 32)]
    moving = {
        easter(year) + timedelta(days=days): name
        for year in years
        for days, name in ((1, "Easter Monday"), (39, "Ascension Day"), (50, "Whit Monday"))
    }
    return {**_each_year(years, *fixed), **moving}


SOURCES = {
    "dk": Source("DK", more=_danish_special),
    "dk-public": Source("DK"),
    "se": Source("SE", categories=(PUBLIC, "de_facto")),
    "se-public": Source("SE"),
    **{f"de-{land}": Source("DE", land.upper()) for land in LAENDER},
    "de-by-catholic": Source("DE", "BY", (PUBLIC, "catholic")),
    "de": Source("DE"),
    "tr": Source("TR"),
    "at": Source("AT", more=_good_fridays),
    "at-public": Source("AT"),
    "at-avg": Source("AT", more=_good_friday_and_christmas_eve),
    **{f"ch-{canton}": Source("CH", canton.upper(), (PUBLIC, "optional")) for canton in CANTONS},
    "gb": Source("GB", "ENG"),
    "ie": Source("IE"),
    "us": Source("US"),
    "us-unobserved": Source("US", observed=False),
}
COMPUTED: dict[str, Callable[[range], Names]] = {"weekend": lambda _years: {}, "eu-cj": _court_of_justice}
CODES = (*SOURCES, *COMPUTED)


@cache
def calendar(code: str) -> Calendar:
    last = LAST_CONFIRMED.get(code, LAST_YEAR)
    years = range(FIRST_YEAR, last + 1)
    if code in COMPUTED:
        days = COMPUTED[code](years)
    elif code in SOURCES:
        days = SOURCES[code].days(years)
    else:
        raise UnknownCalendar(f"There is no calendar {code!r}. Known are: {', '.join(sorted(CODES))}.")
    return Calendar(code, days, date(FIRST_YEAR, 1, 1), date(last, 12, 31), _half_days(code, years))


def kinds(code: str) -> dict[date, str]:
    """Of each closed day whether it is a public holiday, one by custom or further law, or the court's own."""
    known = calendar(code)
    if code == "eu-cj":
        return dict.fromkeys(known.closed, COURT)
    if code in COMPUTED:
        return {}
    public = _library(replace(SOURCES[code], categories=(PUBLIC,)), range(known.first.year, known.last.year + 1))
    return {day: PUBLIC if day in public else SPECIAL for day in known.closed}


def _half_days(code: str, years: range) -> Names:
    return _library(Source("TR", categories=("half_day",)), years) if code == "tr" else {}


class Published:
    """The library's calendars as they are, without a firm's overrides."""

    def get(self, code: str) -> Calendar:
        return calendar(code)
