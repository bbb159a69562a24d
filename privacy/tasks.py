"""Scheduled work of the privacy office."""

from datetime import datetime, timedelta

from lawcrm import jobs
from privacy.actions import erasure, retention


@jobs.scheduled("privacy.propose", every=timedelta(hours=1))
def propose(now: datetime) -> int:
    return retention.propose_due(now=now)


@jobs.scheduled("privacy.erase", every=timedelta(minutes=5))
def erase(now: datetime) -> int:
    return erasure.erase_released(now=now)


@jobs.scheduled("privacy.sweep_files", every=timedelta(days=1), at=timedelta(hours=3))
def sweep(now: datetime) -> int:
    return erasure.sweep_files(now=now)
