"""Whether the system does its work: jobs and when they last ran, mail that waits or failed, servers that answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import redis
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.models import Count, Min
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcrm import access, jobs
from lawcrm.models.jobs import JobRun
from lawcrm.models.outbox import OutboxMessage

State = OutboxMessage.State
WHOLE = "outbox of the whole firm"
UNSETTLED = (State.QUEUED, State.CLAIMED, State.UNCONFIRMED, State.FAILED)
MOST_SHOWN = 100
LATE_MAIL = timedelta(minutes=5)

WHY: dict[str, str | Promise] = {
    "lease-expired": gettext_lazy("a worker stopped while sending it"),
    "restored": gettext_lazy("it comes from a restored backup and may have been sent before"),
    "unfit-mail": gettext_lazy("the address is not a single e-mail address"),
    "NoMailServer": gettext_lazy("the settings name no SMTP server"),
    "ConnectionRefusedError": gettext_lazy("the mail server was not there"),
    "SMTPServerDisconnected": gettext_lazy("the mail server hung up without an answer"),
    "TimeoutError": gettext_lazy("the mail server did not answer in time"),
}


@dataclass(frozen=True)
class JobState:
    """A job as the status page says it."""

    name: str
    every: timedelta
    last: JobRun | None
    last_done: JobRun | None
    is_overdue: bool

    @property
    def word(self) -> str:
        if self.last is not None and self.last.outcome == JobRun.Outcome.PARKED:
            return _("given up until its next time")
        if self.is_overdue:
            return _("overdue") if self.last_done else _("has never run")
        return self.last.get_outcome_display() if self.last else _("not yet due")

    @property
    def kind(self) -> str:
        if self.is_overdue:
            return "danger"
        failed = self.last is not None and self.last.outcome in {JobRun.Outcome.FAILED, JobRun.Outcome.PARKED}
        return "warn" if failed else "ok"


def job_states(now: datetime) -> list[JobState]:
    """Two queries whatever the number of jobs and runs."""
    newest = JobRun.objects.order_by("job", "-slot").distinct("job")
    last = {run.job: run for run in newest}
    done = {run.job: run for run in newest.filter(outcome=JobRun.Outcome.DONE)}
    return [
        JobState(job.name, job.every, last.get(job.name), done.get(job.name), _overdue(job, done.get(job.name), now))
        for job in jobs.declared()
    ]


def _overdue(job: jobs.Job, done: JobRun | None, now: datetime) -> bool:
    """A slot that began was not ended well within the grace."""
    return done is None or now > done.slot + job.every + job.grace


@dataclass(frozen=True)
class OutboxState:
    counts: dict[str, int]
    oldest_due: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.oldest_due is not None and now - self.oldest_due > LATE_MAIL


def outbox_state() -> OutboxState:
    """What is not settled; sent messages are not counted, there may be millions."""
    rows = OutboxMessage.objects.filter(state__in=UNSETTLED).values("state")
    with access.as_system(WHOLE):
        found = list(rows.annotate(many=Count("pk"), oldest=Min("not_before")).order_by())
    oldest = {row["state"]: row["oldest"] for row in found}
    counts = dict.fromkeys(UNSETTLED, 0) | {row["state"]: row["many"] for row in found}
    return OutboxState({str(state): many for state, many in counts.items()}, oldest.get(State.QUEUED))


def waiting_for_a_person() -> list[OutboxMessage]:
    rows = OutboxMessage.objects.filter(state__in=[State.UNCONFIRMED, State.FAILED])
    with access.as_system(WHOLE):
        return list(rows.order_by("state", "pk").reverse()[:MOST_SHOWN])


def message_of(public_id: UUID) -> OutboxMessage | None:
    """Whoever decides about mail decides without seeing what it is about."""
    with access.as_system(WHOLE):
        return OutboxMessage.objects.filter(public_id=public_id).first()


def why(reason: str) -> str:
    """A reason code in words."""
    if reason.startswith("smtp-"):
        return _("the mail server refused it with code %(code)s") % {"code": reason.removeprefix("smtp-")}
    if reason.startswith("compose-"):
        return _("it could not be written")
    return str(WHY.get(reason, reason))


def is_late(now: datetime) -> bool:
    """For a monitor outside: something that should have happened has not."""
    return any(state.is_overdue for state in job_states(now)) or outbox_state().is_late(now)


def database_answers() -> bool:
    try:
        for alias in connections:
            with connections[alias].cursor() as cursor:
                cursor.execute("select 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as broker:
            return bool(broker.ping())
    except redis.RedisError:
        return False
