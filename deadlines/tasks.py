"""Scheduled work of the deadline book."""

from datetime import datetime, timedelta

from deadlines.actions import reminding
from lawcrm import jobs


@jobs.scheduled("deadlines.remind", every=timedelta(seconds=60), grace=timedelta(minutes=5))
def remind(now: datetime) -> int:
    return reminding.hand_over(now=now)
