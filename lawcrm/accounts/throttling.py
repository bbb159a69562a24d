"""Slows guessing down without locking the guessed person out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lawcrm.accounts import origin
from lawcrm.accounts.models import Throttle

FORGOTTEN_AFTER = timedelta(days=1)


class Throttled(Exception):
    """Too many failed attempts; the sentence says how long to wait."""

    def __init__(self, until: datetime, now: datetime) -> None:
        minutes = max(1, round((until - now).total_seconds() / 60))
        self.until = until
        wait = ngettext("Wait %(count)d minute", "Wait %(count)d minutes", minutes) % {"count": minutes}
        super().__init__(_("Too many failed attempts. %(wait)s and try again.") % {"wait": wait})


@dataclass(frozen=True)
class Limit:
    """After `free` attempts the wait starts at `first` and doubles up to `longest`."""

    scope: str
    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta = FORGOTTEN_AFTER

    def wait(self, failures: int) -> timedelta:
        if failures < self.free:
            return timedelta(0)
        doublings: int = 2 ** min(failures - self.free, 20)
        return min(self.first * doublings, self.longest)

    def key(self, *identifiers: str) -> str:
        return salted_hmac(
            "lawcrm.accounts.throttle", "\0".join((self.scope, *identifiers)), algorithm="sha256"
        ).hexdigest()


FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
# A known device has a counter of its own: what others do elsewhere never locks it out.
PASSWORD = Limit("password", 5, FIRST, LONGEST)
PASSWORD_ANYWHERE = Limit("password-anywhere", 50, FIRST, timedelta(hours=1))
NETWORK = Limit("network", 100, FIRST, LONGEST)
CODE = Limit("code", 10, FIRST, timedelta(hours=1))
CODE_ANYWHERE = Limit("code-anywhere", 30, FIRST, timedelta(hours=1))
RESET = Limit("reset", 3, timedelta(minutes=5), timedelta(hours=1))

type Counter = tuple[Limit, str]


def counters(request: HttpRequest, email: str, own: Limit, anywhere: Limit) -> list[Counter]:
    """Which counters an attempt on an account from this request runs into."""
    email = email.strip().lower()
    if device := origin.known_device(request, email):
        return [(own, own.key(email, "device", device))]
    network = origin.network_of(request)
    return [(own, own.key(email, "network", network)), (anywhere, anywhere.key(email)), (NETWORK, NETWORK.key(network))]


def count_attempt(counters: Iterable[Counter], now: datetime) -> None:
    """Count before the check, in a transaction of its own: parallel guesses cannot slip in between.

    Call it outside the request's transaction; a success takes the count back (`forgive`).
    """
    with transaction.atomic():
        limits = {key: limit for limit, key in counters}
        # Always locked in the same order.
        rows = [_row(key, now) for key in sorted(limits)]
        if blocked := [row.blocked_until for row in rows if row.blocked_until and row.blocked_until > now]:
            raise Throttled(max(blocked), now)
        for row in rows:
            _count(row, limits[row.key], now)


def forgive(counters: Iterable[Counter]) -> None:
    """The attempt was right: its own counter starts afresh, the others lose this one."""
    with transaction.atomic():
        limits = {key: limit for limit, key in counters}
        for row in Throttle.objects.select_for_update().filter(key__in=limits).order_by("key"):
            own = limits[row.key] in (PASSWORD, CODE)
            row.failures = 0 if own else max(row.failures - 1, 0)
            row.blocked_until = None if row.failures < limits[row.key].free else row.blocked_until
            row.save(update_fields=["failures", "blocked_until"])


def _row(key: str, now: datetime) -> Throttle:
    Throttle.objects.bulk_create([Throttle(key=key, last_at=now)], ignore_conflicts=True)
    return Throttle.objects.select_for_update().get(key=key)


def _count(row: Throttle, limit: Limit, now: datetime) -> None:
    if now - row.last_at > limit.forgotten_after:
        row.failures = 0
    row.failures += 1
    row.last_at = now
    wait = limit.wait(row.failures)
    row.blocked_until = now + wait if wait else None
    row.save(update_fields=["failures", "last_at", "blocked_until"])
