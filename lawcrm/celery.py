"""The Celery application: beat only says "look what is due", the database knows what is."""

import os
from datetime import timedelta
from typing import Any

from celery import Celery, Task
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcrm.settings.demo")

TICK = timedelta(seconds=15)
TICK_TASK = "lawcrm.tick"


class FreshTask(Task):  # type: ignore[misc]
    """A task that sees no data key another task has opened."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from lawcrm.crypto import keyring  # needs the app registry, which this module precedes

        with keyring.fresh():
            return super().__call__(*args, **kwargs)


app = Celery("lawcrm", task_cls=FreshTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {
    "tick": {"task": TICK_TASK, "schedule": TICK, "options": {"expires": TICK.total_seconds() - 1}}
}
# Nothing to remember between starts: a slot that passed unseen is found by the next tick.
app.conf.beat_scheduler = "celery.beat:Scheduler"
app.autodiscover_tasks()


@worker_init.connect  # type: ignore[untyped-decorator]
def refuse_without_keys(**_kwargs: Any) -> None:
    """An exception would be logged and forgotten by Celery; leaving is not."""
    from lawcrm.crypto.checks import ensure_usable
    from lawcrm.crypto.errors import CryptoUnusable

    try:
        ensure_usable()
    except CryptoUnusable as reason:
        raise SystemExit(str(reason)) from None
