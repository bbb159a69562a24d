"""What workers do for matters."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from lawcrm import access, jobs
from lawcrm.db import sight
from matters.actions import break_glass, conflicts, notices, walls


@shared_task(name="matters.search_conflicts")
def search_conflicts() -> None:
    with access.as_system("search for conflict checks", source="job"):
        conflicts.search_waiting(now=timezone.now())


@jobs.scheduled("matters.search_conflicts", every=timedelta(minutes=1), grace=timedelta(minutes=5))
def search_waiting(now: datetime) -> int:
    return conflicts.search_waiting(now=now)


@jobs.scheduled("matters.keep_walls", every=timedelta(seconds=30), grace=timedelta(minutes=2))
def keep_walls(now: datetime) -> int:
    """Begin and end walls on time: within a minute while a worker runs (docs/decisions/walls.md)."""
    return walls.keep_time(now=now)


@jobs.scheduled("matters.ask_kept_out", every=timedelta(minutes=5), grace=timedelta(minutes=15))
def ask_kept_out(now: datetime) -> int:
    return notices.bring_up_to_date(now=now)


@jobs.scheduled("matters.remind_kept_out", every=timedelta(hours=1), grace=timedelta(hours=6))
def remind_kept_out(now: datetime) -> int:
    return notices.remind(now=now)


@shared_task(name="matters.settle_break_glass")
def settle_break_glass() -> None:
    with access.as_system("confirmed break-glass", source="job"):
        break_glass.settle_confirmed(now=timezone.now())


@jobs.scheduled("matters.break_glass", every=timedelta(minutes=1), grace=timedelta(minutes=5))
def keep_break_glass(now: datetime) -> int:
    """Repairs a lost message, and writes down what has ended: sight itself ended to the second without it."""
    return break_glass.settle_confirmed(now=now) + break_glass.end_over(now=now)


class SightIsWrong(RuntimeError):
    """Who sees a row no longer follows from grants, walls and parties; ids are in `select * from sight_wrong()`."""


@jobs.scheduled("matters.compare_sight", every=timedelta(days=1), at=timedelta(hours=1), grace=timedelta(hours=6))
def compare_sight(_now: datetime) -> int:
    """Fails, and so stands on the status page, when the derived columns differ from the truth."""
    if found := sight.wrong():
        raise SightIsWrong(f"{len(found)} rows")
    return 0
