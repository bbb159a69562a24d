"""What workers do for matters."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from lawcrm import access, jobs
from lawcrm.db import sight
from matters.actions import conflicts


@shared_task(name="matters.search_conflicts")
def search_conflicts() -> None:
    with access.as_system("search for conflict checks", source="job"):
        conflicts.search_waiting(now=timezone.now())


@jobs.scheduled("matters.search_conflicts", every=timedelta(minutes=1), grace=timedelta(minutes=5))
def search_waiting(now: datetime) -> int:
    return conflicts.search_waiting(now=now)


class SightIsWrong(RuntimeError):
    """Who sees a row no longer follows from grants, walls and parties; ids are in `select * from sight_wrong()`."""


@jobs.scheduled("matters.compare_sight", every=timedelta(days=1), at=timedelta(hours=1), grace=timedelta(hours=6))
def compare_sight(_now: datetime) -> int:
    """Fails, and so stands on the status page, when the derived columns differ from the truth."""
    if found := sight.wrong():
        raise SightIsWrong(f"{len(found)} rows")
    return 0
