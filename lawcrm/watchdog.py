"""The dead man's switch: whether vital jobs still run, and telling the firm past the scheduler when they do not."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcrm import jobs
from lawcrm.accounts.models import User
from lawcrm.doors.safe_mail import Mail, Outcome, PostOffice, UnfitMail
from lawcrm.models.firm import Firm
from lawcrm.models.jobs import JobRun

logger = logging.getLogger(__name__)

ALARM = "lawcrm.watchdog"
AT_MOST_EVERY = timedelta(hours=1)
TRIES = 60  # one a minute until somebody could be told
TOLD_ROLES = ("partner", "administrator")
GLANCE_SECONDS = 30.0
STARTED_AT = timezone.now()


class NobodyTold(RuntimeError):
    """No mail server took a single one of the mails."""


def limit() -> timedelta:
    return timedelta(minutes=settings.SILENCE_MINUTES)


def silent_since(now: datetime, started_at: datetime = STARTED_AT) -> datetime | None:
    """Since when a vital job has not ended well, once that is too long; one that never ran counts from the start."""
    if not limit():
        return None
    last = min((_last_done(job.name) or started_at for job in jobs.declared() if job.vital), default=now)
    return last if now - last > limit() else None


def _last_done(name: str) -> datetime | None:
    rows = JobRun.objects.filter(job=name, outcome=JobRun.Outcome.DONE).order_by("-slot")
    return rows.values_list("finished_at", flat=True).first()


class Glance:
    """What a process last saw, so that not every page asks."""

    def __init__(self) -> None:
        self.since: datetime | None = None
        self.fresh_until = 0.0

    def look(self, now: datetime) -> datetime | None:
        if time.monotonic() >= self.fresh_until:
            self.since, self.fresh_until = silent_since(now), time.monotonic() + GLANCE_SECONDS
        return self.since


glance = Glance()


def alarm() -> str:
    """What every page says in red, or ""."""
    since = glance.look(timezone.now()) if limit() else None
    if since is None:
        return ""
    text = _("nobody has been reminded of a deadline since %(since)s. Look at the book yourself.")
    return text % {"since": date_format(timezone.localtime(since), "j F, H:i")}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to be told, kept in memory for the hour in which the database does not answer."""

    email: str
    full_name: str
    language: str


def readers() -> list[Reader]:
    people = User.objects.filter(is_active=True, groups__name__in=TOLD_ROLES).distinct().order_by("pk")
    return [Reader(user.email, user.full_name, user.interface_language) for user in people if not user.has_ended]


class Watchdog:
    """Looks now and then; needs neither broker nor worker, and for a while not even the database."""

    def __init__(self, now: datetime) -> None:
        self.started_at = now
        self.readers: list[Reader] = []
        self.answered_at = now
        self.told_at: datetime | None = None

    def look(self, now: datetime) -> str:
        """What is wrong, in words for the log, or ""."""
        try:
            since = self._ask(now)
        except DatabaseError:
            connection.close()
            return self._without_database(now)
        if since is None:
            return ""
        told = told_words(tell_once(since, self.readers, now))
        return f"Reminders have not run since {since:%Y-%m-%d %H:%M} UTC. {told}"

    def _ask(self, now: datetime) -> datetime | None:
        if connection.connection is not None and not connection.is_usable():
            connection.close()
        self.readers = [] if Firm.holds_mail() else readers()
        self.answered_at = now
        return silent_since(now, self.started_at)

    def _without_database(self, now: datetime) -> str:
        words = "The database does not answer."
        if now - self.answered_at <= limit() or (self.told_at and now - self.told_at < AT_MOST_EVERY):
            return words
        told = send(self.answered_at, self.readers, now)
        self.told_at = now if told else self.told_at
        return f"{words} {told_words(told)}"


def tell_once(since: datetime, people: list[Reader], now: datetime) -> int | None:
    """Mail everybody once an hour, whichever process asks; answers how many, or None when that was done before."""
    lately = JobRun.objects.filter(job=ALARM, started_at__gt=now - AT_MOST_EVERY)
    if not people or lately.exclude(outcome=JobRun.Outcome.FAILED).exists():
        return None
    told = 0

    def work(_now: datetime) -> int:
        nonlocal told
        told = send(since, people, now)
        if not told:
            raise NobodyTold
        return told

    no_grace = timedelta(0)
    jobs.carry_out(jobs.Job(ALARM, AT_MOST_EVERY, no_grace, no_grace, TRIES, work), now)
    return told


def send(since: datetime, people: list[Reader], now: datetime) -> int:
    """Straight to the mail server; answers how many mails it took, or may have taken."""
    taken = 0
    with PostOffice() as office:
        for reader in people:
            try:
                delivery = office.send(letter(since, reader), message_id=_message_id(now))
            except UnfitMail:
                continue
            taken += delivery.outcome in (Outcome.SENT, Outcome.UNKNOWN)
    return taken


def letter(since: datetime, reader: Reader) -> Mail:
    with override(reader.language):
        facts = {"since": date_format(timezone.localtime(since), "j F Y, H:i"), "url": settings.SITE_URL}
        return Mail(
            to=reader.email,
            to_name=reader.full_name,
            subject=_("Deadlines: reminders stand still"),
            text=render_to_string("mail/system/silence.txt", facts),
        )


def _message_id(now: datetime) -> str:
    return f"<{now.timestamp():.0f}.{secrets.token_hex(8)}@lawcrm.invalid>"


def told_words(told: int | None) -> str:
    if told is None:
        return "Nobody is mailed: that was done within the hour, or mail is held."
    return f"Mails taken by the server: {told}."


def watch(every: float, say: Callable[[str], object]) -> None:
    """Until the process is ended. Whatever goes wrong once, it looks again."""
    dog = Watchdog(timezone.now())
    while True:
        try:
            words = dog.look(timezone.now())
        except Exception as error:  # noqa: BLE001 - nobody watches the watchdog; texts may name people
            words = f"Looking failed: {type(error).__name__}"
        if words:
            say(words)
        time.sleep(every)
