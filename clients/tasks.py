"""What workers do for contacts."""

from datetime import datetime, timedelta

from clients.actions import imports
from lawcrm import jobs


@jobs.scheduled("clients.forget_imports", every=timedelta(hours=1), grace=timedelta(hours=3))
def forget_imports(now: datetime) -> int:
    return imports.forget_old_imports(now=now)
