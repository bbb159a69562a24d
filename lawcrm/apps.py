"""The ground floor as a Django app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LawcrmConfig(AppConfig):
    name = "lawcrm"
    label = "lawcrm"

    def ready(self) -> None:
        autodiscover_modules("checks")
        autodiscover_modules("tasks")  # the status page and the tick know a job once its module is loaded
