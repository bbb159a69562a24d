"""The plan of a made-up firm: how many of what, whose matter is whose, and who sees how much."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from privacy.generation import names
from privacy.generation.chance import bits
from privacy.generation.names import Name

# Viewers made for measuring; each sees what its name says and holds no other grant.
VIEWERS = ("nobody", "narrow", "middle", "broad")
NARROW_MOST, MIDDLE_SHARE = 500, 20
YEARS = 15
COURTS_MOST = 60
HUBS_MOST = 200
LEAST_USERS = 8
WALLED_EVERY, CONTACT_WALLED_EVERY = 100, 5000
ORGANISATIONS = 4  # of ten contacts


@dataclass(frozen=True)
class Size:
    contacts: int
    matters: int
    users: int
    grants: int
    seed: int


@dataclass(frozen=True, eq=False)
class Plan:
    """First ids of all that is made, and what follows from a row's place in its row of rows."""

    size: Size
    today: date
    first: dict[str, int]
    permissions: dict[str, int]
    types: tuple[int, ...]

    @property
    def courts(self) -> int:
        return min(COURTS_MOST, self.size.contacts // 20)

    @property
    def hubs(self) -> int:
        """Banks and insurers, who are in far more matters than anybody else."""
        return min(HUBS_MOST, max(1, self.size.contacts // 1000))

    @property
    def workers(self) -> int:
        """Members of staff who have matters: all but the viewers."""
        return self.size.users - len(VIEWERS)

    @property
    def practices(self) -> int:
        return max(2, min(60, self.workers // 4))

    def user(self, worker: int) -> int:
        return self.first["accounts_user"] + len(VIEWERS) + worker % self.workers

    def viewer(self, name: str) -> int:
        return self.first["accounts_user"] + VIEWERS.index(name)

    def practice(self, place: int) -> int:
        return self.first["auth_group"] + 2 + place % self.practices

    def group_of(self, viewer: str) -> int:
        """The group through which a wide viewer sees."""
        return self.first["auth_group"] + ("middle", "broad").index(viewer)

    def chance(self, what: str, place: int) -> int:
        return bits(self.size.seed * 1_000_003 + sum(map(ord, what)), place)

    def worker_of(self, matter: int) -> int:
        """The place of the lawyer who answers for a matter."""
        return self.chance("lawyer", matter) % self.workers

    def is_narrow(self, matter: int) -> bool:
        wanted = min(NARROW_MOST, max(1, self.size.matters // 20))
        return matter * wanted // self.size.matters != (matter + 1) * wanted // self.size.matters

    def is_middle(self, matter: int) -> bool:
        return self.chance("middle", matter) % MIDDLE_SHARE == 0

    def is_walled(self, matter: int) -> bool:
        return self.chance("wall", matter) % WALLED_EVERY == 0

    def walled_matters(self) -> Iterator[int]:
        return filter(self.is_walled, range(self.size.matters))

    def walled_contacts(self) -> range:
        return range(self.courts, self.size.contacts, CONTACT_WALLED_EVERY)

    def opened_on(self, matter: int) -> date:
        """Later matters have later numbers."""
        days = YEARS * 365 * (self.size.matters - matter) // self.size.matters
        return self.today - timedelta(days=days)

    def closed_on(self, matter: int) -> date | None:
        chance = self.chance("closing", matter)
        lasted = timedelta(days=120 + chance % 900)
        ended = self.opened_on(matter) + lasted
        return ended if chance >> 20 & 7 and ended < self.today else None

    def contact_name(self, place: int) -> Name:
        if place < self.courts:
            country = (names.DK, names.SE, names.DE, names.TR)[place % 4]
            return names.court(country, place // 4)
        chance = self.chance("contact", place)
        country = names.COUNTRIES[chance % len(names.COUNTRIES)]
        chance >>= 5
        if place < self.courts + self.hubs or chance % 10 < ORGANISATIONS:
            return names.organisation(country, chance >> 4)
        return names.person(country, chance >> 4)

    def client(self, matter: int) -> int:
        return self._somebody("client", matter)

    def adverse(self, matter: int) -> int:
        found = self._somebody("adverse", matter)
        return found if found != self.client(matter) else self._next(found)

    def third(self, matter: int) -> int:
        found = self._somebody("third", matter)
        taken = {self.client(matter), self.adverse(matter)}
        while found in taken:
            found = self._next(found)
        return found

    def court(self, matter: int) -> int:
        return self.chance("court", matter) % self.courts

    def _somebody(self, role: str, matter: int) -> int:
        chance = self.chance(role, matter)
        if chance % 50 == 0:
            return self.courts + (chance >> 8) % self.hubs * ((chance >> 32) % self.hubs) // self.hubs
        return self.courts + (chance >> 8) % (self.size.contacts - self.courts)

    def _next(self, contact: int) -> int:
        return self.courts + (contact + 1 - self.courts) % (self.size.contacts - self.courts)
