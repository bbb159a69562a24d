"""Scheduled jobs: declared where they live, one run per slot, visible when late or given up."""

import logging
import time
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max

from lawcrm import access
from lawcrm.celery import app
from lawcrm.models.jobs import JobRun

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # longer than a task may run, CELERY_TASK_TIME_LIMIT
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_TRY = {"max_retries": 0}  # kombu goes on for seconds otherwise
Outcome = JobRun.Outcome
type Work = Callable[[datetime], int | None]


class UnknownJob(LookupError):
    """No app has declared this job."""


@dataclass(frozen=True)
class Job:
    """Work done once in every slot; late when it has not ended well within a slot and the grace."""

    name: str
    every: timedelta
    at: timedelta
    grace: timedelta
    attempts: int
    work: Work
    vital: bool = False

    def slot(self, now: datetime) -> datetime:
        """The slot `now` lies in; slots are counted in UTC, so that no hour is missing or double."""
        return EPOCH + self.at + (now - EPOCH - self.at) // self.every * self.every

    def missed_between(self, before: datetime | None, slot: datetime) -> int:
        return 0 if before is None else max(0, (slot - before) // self.every - 1)


_jobs: dict[str, Job] = {}


def scheduled(  # noqa: PLR0913 - a declaration reads best with its keywords
    name: str,
    *,
    every: timedelta,
    at: timedelta = timedelta(0),
    grace: timedelta | None = None,
    attempts: int = 3,
    vital: bool = False,
) -> Callable[[Work], Work]:
    """Declare a job: `work(now)` may answer how many things it handled. `at` is from midnight UTC.

    The firm is told by another path when a vital one is silent (lawcrm/watchdog.py).

    Declared in an app's `tasks` module, so that workers and the status page know it.
    """

    def declare(work: Work) -> Work:
        _jobs[name] = Job(name, every, at, every if grace is None else grace, attempts, work, vital)
        return work

    return declare


def declared() -> list[Job]:
    return [_jobs[name] for name in sorted(_jobs)]


def named(name: str) -> Job:
    if name not in _jobs:
        raise UnknownJob(name)
    return _jobs[name]


def due(now: datetime) -> list[Job]:
    """Jobs whose present slot nobody has ended or holds; slots of a clock that was ahead hold nothing up."""
    known = JobRun.objects.filter(slot__lte=now)
    latest = {run.job: run for run in known.order_by("job", "-slot").distinct("job")}
    return [job for job in declared() if _is_open(job, latest.get(job.name), now)]


def _is_open(job: Job, run: JobRun | None, now: datetime) -> bool:
    if run is None or run.slot < job.slot(now):
        return True
    return run.outcome == Outcome.FAILED or (run.outcome == Outcome.RUNNING and run.lease_until < now)


def run_due(now: datetime) -> dict[str, str]:
    """Run every due job here and now, one after the other; answers the outcome of each."""
    return {job.name: outcome for job in due(now) if (outcome := run(job.name, now))}


def run(name: str, now: datetime) -> str:
    """Run a job if its slot is free; answers the outcome, or "" when another run has or had it."""
    return carry_out(named(name), now)


def carry_out(job: Job, now: datetime) -> str:
    """The same for a job that need not be declared, and that no tick finds."""
    claimed = claim(job, now)
    if claimed is None:
        return ""
    started = time.monotonic()
    try:
        with access.as_system(f"job {job.name}", source="job"):
            handled = job.work(now)
    except Exception as error:  # noqa: BLE001 - whatever a job raises is recorded, and the others go on
        log_without_message(job.name, error)
        outcome = Outcome.FAILED if claimed.attempts < job.attempts else Outcome.PARKED
        changes: dict[str, Any] = {"outcome": outcome, "error_class": type(error).__name__[:100]}
    else:
        changes = {"outcome": Outcome.DONE, "handled": handled}
    _finish(claimed, now + timedelta(seconds=time.monotonic() - started), **changes)
    return str(changes["outcome"])


@transaction.atomic
def claim(job: Job, now: datetime) -> JobRun | None:
    """Take the present slot: the first insert wins; a failed or abandoned run is taken up again."""
    slot = job.slot(now)
    before = JobRun.objects.filter(job=job.name, slot__lt=slot).aggregate(Max("slot"))["slot__max"]
    start = {"missed": job.missed_between(before, slot), "started_at": now, "lease_until": now + LEASE}
    run, created = JobRun.objects.get_or_create(job=job.name, slot=slot, defaults=start)
    return run if created else _taken_up(job, JobRun.objects.select_for_update().get(pk=run.pk), now)


def _taken_up(job: Job, run: JobRun, now: datetime) -> JobRun | None:
    abandoned = run.outcome == Outcome.RUNNING and run.lease_until < now
    if not abandoned and run.outcome != Outcome.FAILED:
        return None
    if run.attempts >= job.attempts:  # its process died with it each time
        _finish(run, now, outcome=Outcome.PARKED, error_class=run.error_class or "Abandoned")
        return None
    run.outcome, run.attempts, run.lease_until = Outcome.RUNNING, run.attempts + 1, now + LEASE
    run.save(update_fields=["outcome", "attempts", "lease_until"])
    return run


def _finish(run: JobRun, now: datetime, **changes: Any) -> None:
    """Only who holds the run ends it: one that was taken over meanwhile says nothing."""
    held = JobRun.objects.filter(pk=run.pk, outcome=Outcome.RUNNING, attempts=run.attempts)
    held.update(finished_at=now, **changes)


def log_without_message(what: str, error: BaseException) -> None:
    """The places in the code, not the exception's text, which may repeat personal data."""
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s failed: %s\n%s", what, type(error).__name__, places)


def after_commit(task: str, *ids: int | uuid.UUID) -> None:
    """Ask a worker to look, once the change is committed. A lost message costs time only: the scan repairs it."""
    if not all(isinstance(part, int | uuid.UUID) for part in ids):
        raise TypeError("tasks are given ids only")
    transaction.on_commit(partial(_publish, task, ids), robust=True)


class _Doorbell:
    """Rings at the broker; after a failure it is left alone for a while, so that requests do not wait for it."""

    rest = 10.0

    def __init__(self) -> None:
        self.silent_until = 0.0

    def ring(self, task: str, arguments: list[Any], **options: Any) -> bool:
        if time.monotonic() < self.silent_until:
            return False
        try:
            with app.connection_for_write(transport_options=ONE_TRY) as connection:
                app.send_task(task, args=arguments, connection=connection, retry=False, **options)
        except Exception as error:  # noqa: BLE001 - its absence must not fail a request
            self.silent_until = time.monotonic() + self.rest
            log_without_message(f"publishing {task}", error)
            return False
        return True


doorbell = _Doorbell()


def _publish(task: str, ids: tuple[int | uuid.UUID, ...]) -> None:
    doorbell.ring(task, [str(part) if isinstance(part, uuid.UUID) else part for part in ids])
