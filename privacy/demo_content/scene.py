"""What the made-up firm knows while it is being filled: who is who, and when."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.contrib.auth.models import Group
from django.utils import timezone

from clients.models import Contact, Court
from lawcrm import access
from lawcrm.accounts.models import User
from matters.models import Matter

NAMES = uuid5(NAMESPACE_DNS, "holm.example")
SATURDAY = 5


@dataclass
class Scene:
    """Everything goes by `now`, so that the book is as full on any day as on the first."""

    now: datetime
    staff: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    courts: dict[str, Court] = field(default_factory=dict)
    matters: dict[str, Matter] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def day(self, days: int) -> date:
        """So many days from today; a weekend gives way to its Monday, or before today to its Friday."""
        found = self.today + timedelta(days=days)
        over = found.weekday() - SATURDAY
        if over < 0 or not days:
            return found
        return found + timedelta(days=2 - over) if days > 0 else found - timedelta(days=1 + over)

    def at(self, days_ago: int, clock: str) -> datetime:
        """That time on an earlier working day."""
        naive = datetime.combine(self.day(-days_ago), time.fromisoformat(clock))
        return min(timezone.make_aware(naive), self.now)

    @contextmanager
    def acting(self, key: str) -> Iterator[User]:
        """The person does it, with the rights and the sight they have."""
        with access.as_user(self.staff[key], source="demo"):
            yield self.staff[key]


def number(*words: object) -> UUID:
    """The same id for the same thing."""
    return uuid5(NAMES, "/".join(map(str, words)))
