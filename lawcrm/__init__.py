"""The project package and the ground floor under all apps; it imports none of them."""

from lawcrm.celery import app as celery_app

__all__ = ["celery_app"]
