"""The Celery application; beat's schedule is the one declared in code by `lawcrm.jobs`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcrm.settings.demo")

app = Celery("lawcrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
