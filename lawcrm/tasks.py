"""What workers do for the ground floor: look what is due, run it, send what waits."""

from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from lawcrm import access, audit, jobs, outbox
from lawcrm.celery import TICK, TICK_TASK
from lawcrm.models.jobs import JobRun
from lawcrm.review import reminding, volume

KEEP_RUNS = timedelta(days=30)


@shared_task(name=TICK_TASK)
def tick() -> None:
    """Each due job gets a message of its own, so that a long one does not hold up the others."""
    with access.as_system("look which jobs are due", source="job"):
        for job in jobs.due(timezone.now()):
            jobs.doorbell.ring("lawcrm.run_job", [job.name], expires=TICK.total_seconds())


@shared_task(name="lawcrm.run_job")
def run_job(name: str) -> None:
    with access.as_system(f"run the job {name}", source="job"):
        jobs.run(name, timezone.now())


@shared_task(name="lawcrm.send_outbox")
def send_outbox() -> None:
    with access.as_system("send waiting messages", source="job"):
        if outbox.send_due(timezone.now()) and outbox.waits(timezone.now()):
            jobs.doorbell.ring("lawcrm.send_outbox", [])  # its time was over before the messages were


@jobs.scheduled("outbox.send", every=timedelta(seconds=30), grace=timedelta(minutes=5))
def send_waiting(now: datetime) -> int:
    return outbox.send_due(now)


@jobs.scheduled("jobs.forget_runs", every=timedelta(days=1), at=timedelta(hours=2), grace=timedelta(hours=6))
def forget_runs(now: datetime) -> int:
    return JobRun.objects.filter(slot__lt=now - KEEP_RUNS).delete()[0]


@jobs.scheduled("audit.seal", every=timedelta(hours=1))
def seal_journal(now: datetime) -> int:
    return int(audit.seal(now=now) is not None)


@jobs.scheduled("audit.forget", every=timedelta(days=1), at=timedelta(hours=2), grace=timedelta(hours=6))
def forget_trail(now: datetime) -> int:
    reads = audit.purge_reads(before=now - timedelta(days=settings.READ_LOG_DAYS), reason="period over")
    volume.forget_days(now - timedelta(days=settings.READ_LOG_DAYS))
    return reads + audit.purge_refusals(before=now - timedelta(days=settings.REFUSALS_DAYS), reason="period over")


@jobs.scheduled("review.count_readings", every=timedelta(hours=1))
def count_readings(_now: datetime) -> int:
    return volume.count_readings()


@jobs.scheduled("review.remind", every=timedelta(days=1), at=timedelta(hours=5), grace=timedelta(hours=6))
def remind_of_review(now: datetime) -> int:
    return reminding.remind(now)
