"""Scheduled work of the deadline book."""

from datetime import datetime, timedelta

from deadlines import offline
from deadlines.actions import completing, daily, escalating, holidays, recomputing, reminding
from lawcrm import jobs


@jobs.scheduled("deadlines.remind", every=timedelta(seconds=60), grace=timedelta(minutes=5), vital=True)
def remind(now: datetime) -> int:
    """What nobody can act on goes up at once, hence twice."""
    handed = reminding.hand_over(now=now)
    return handed + (reminding.hand_over(now=now) if escalating.escalate(now=now) else 0)


@jobs.scheduled("deadlines.remind_daily", every=timedelta(hours=1), grace=timedelta(hours=1))
def remind_daily(now: datetime) -> int:
    """Every hour, so that one that failed or was missed before eight is made up for the same day."""
    return daily.remind_again(now=now)


@jobs.scheduled("deadlines.check_reminders", every=timedelta(days=1), at=timedelta(hours=4))
def check_reminders(now: datetime) -> int:
    return completing.complete(now=now)


@jobs.scheduled("deadlines.copy_offline", every=timedelta(days=1), at=timedelta(hours=3), grace=timedelta(hours=6))
def copy_offline(now: datetime) -> int:
    return offline.make_copy(now=now)


@jobs.scheduled("deadlines.fill_calendars", every=timedelta(days=1), at=timedelta(hours=2), grace=timedelta(hours=6))
def fill_calendars(now: datetime) -> int:
    """An update of the program may bring days that became known since."""
    return len(holidays.fill(now=now))


@jobs.scheduled("deadlines.recompute", every=timedelta(seconds=60), grace=timedelta(minutes=10))
def recompute(now: datetime) -> int:
    return recomputing.carry_out(now=now)


@jobs.scheduled("deadlines.check_dates", every=timedelta(days=1), at=timedelta(hours=2, minutes=30))
def check_dates(now: datetime) -> int:
    return recomputing.check_all(now=now)
