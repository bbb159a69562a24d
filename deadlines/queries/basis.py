"""What a computed date rests on, in one hash: where that is unchanged, the date need not be computed again."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from deadlines import engine
from deadlines.engine import naming, packs, rules
from deadlines.engine.errors import CannotCompute, UnknownCalendar
from deadlines.engine.periods import Direction
from deadlines.engine.published import LAENDER
from deadlines.models import Basis
from deadlines.queries import computing, seats

# Calendars that a law asks for beside its own and the seat's (engine/profiles.py, engine/rules.py).
BESIDE = ("weekend", "us-unobserved")
BEYOND_THE_ENGINE = ("computing.py", "seats.py", "calendars.py", "recomputing.py")


class Facts(NamedTuple):
    """Of a deadline, what its date follows from and what it is compared with."""

    pk: int
    rule_code: str
    court_id: int | None
    kind: str
    trigger_on: date | None
    trigger_time: time | None
    second_on: date | None
    computed_on: date | None
    computed_time: time | None
    due_on: date


COLUMNS = ("pk", "rule_code", "matter__court_id", *Facts._fields[3:])


class Bases:
    """For one run: rule, seat and calendars are hashed once for each pair of rule and court."""

    def __init__(self, ground: computing.Ground) -> None:
        self.ground = ground
        self._days: dict[str, str] = {}
        self._pairs: dict[tuple[str, int | None], str] = {}

    def of(self, facts: Facts) -> str:
        pair = facts.rule_code, facts.court_id
        if pair not in self._pairs:
            try:
                self._pairs[pair] = _hash(self._lines(*pair))
            except CannotCompute:  # which is then said of each of its deadlines
                self._pairs[pair] = ""
        return _hash([self._pairs[pair], *map(str, facts[3:])])

    def _lines(self, code: str, court_id: int | None) -> Iterator[str]:
        versions = [rule for rule in self.ground.computable if rule.code == code]
        country, part = seats.seat_of(court_id, self.ground.calendars) if court_id else ("", "")
        yield from (program(), country, part, *(packs.rule_checksum(rule) for rule in versions))
        for calendar in sorted(calendars_of(versions, country, part)):
            yield f"{calendar} {self._day_hash(calendar)}"

    def _day_hash(self, code: str) -> str:
        if code not in self._days:
            self._days[code] = self._hash_of_days(code)
        return self._days[code]

    def _hash_of_days(self, code: str) -> str:
        try:
            known = self.ground.calendars.get(code)
        except UnknownCalendar:
            return ""
        days = (sorted(days.items()) for days in (known.closed, known.half_days, known.short_days))
        return _hash([str(known.first), str(known.last), *map(repr, days)])


def calendars_of(versions: list[rules.Rule], country: str, part: str) -> set[str]:
    """The rule's, its profile's and the seat's, with the public holidays of each country: rather too many."""
    profiles = [naming.read(rule.profile) for rule in versions]
    own = {code for named in profiles for code in (named.calendar, named.profile.fixed)}
    seat = {country, f"{country}-{part}"} if country else set()
    found = {code for code in (*own, *seat, *(rule.calendar for rule in versions)) if code}
    backward = any(rule.direction is Direction.BEFORE for rule in versions)
    parts = {f"de-{land}" for land in LAENDER} if backward and "de" in found else set()
    return {*BESIDE, *found, *parts, *(f"{code[:2]}-public" for code in found)}


@lru_cache(maxsize=1)
def program() -> str:
    """Another text of the engine may count otherwise."""
    here = Path(__file__).parent
    texts = sorted(Path(engine.__file__).parent.glob("*.py")) + [here / name for name in BEYOND_THE_ENGINE]
    return _hash(text.read_text(encoding="utf-8") for text in texts)


def _hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def known_of(first: int, last: int) -> dict[int, str]:
    """As they were kept, for deadlines entered from the one to the other."""
    return dict(Basis.objects.filter(deadline__gte=first, deadline__lte=last).values_list("deadline_id", "sha256"))
