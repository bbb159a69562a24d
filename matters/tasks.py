"""What workers do for matters."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from lawcrm import access, jobs
from matters.actions import conflicts


@shared_task(name="matters.search_conflicts")
def search_conflicts() -> None:
    with access.as_system("search for conflict checks", source="job"):
        conflicts.search_waiting(now=timezone.now())


@jobs.scheduled("matters.search_conflicts", every=timedelta(minutes=1), grace=timedelta(minutes=5))
def search_waiting(now: datetime) -> int:
    return conflicts.search_waiting(now=now)
