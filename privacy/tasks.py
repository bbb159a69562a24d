"""Scheduled work of the privacy office."""

from datetime import datetime, timedelta

from lawcrm import jobs
from privacy.actions import erasure, retention
from privacy.actions.reviews import asking, opening, silence


@jobs.scheduled("privacy.propose", every=timedelta(hours=1))
def propose(now: datetime) -> int:
    return retention.propose_due(now=now)


@jobs.scheduled("privacy.erase", every=timedelta(minutes=5))
def erase(now: datetime) -> int:
    return erasure.erase_released(now=now)


@jobs.scheduled("privacy.sweep_files", every=timedelta(days=1), at=timedelta(hours=3))
def sweep(now: datetime) -> int:
    return erasure.sweep_files(now=now)


@jobs.scheduled("privacy.open_reviews", every=timedelta(hours=1))
def open_reviews(now: datetime) -> int:
    return opening.open_due(now=now)


@jobs.scheduled("privacy.reviews_after_handover", every=timedelta(minutes=5))
def reviews_after_handover(now: datetime) -> int:
    return opening.open_handed_over(now=now)


@jobs.scheduled("privacy.ask_reviews", every=timedelta(days=1), at=timedelta(hours=5))
def ask_reviews(now: datetime) -> int:
    return asking.ask_due(now=now)


@jobs.scheduled("privacy.end_silent_access", every=timedelta(days=1), at=timedelta(hours=4))
def end_silent_access(now: datetime) -> int:
    return silence.end_silence(now=now)
