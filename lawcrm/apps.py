"""The ground floor as a Django app."""

from django.apps import AppConfig


class LawcrmConfig(AppConfig):
    name = "lawcrm"
    label = "lawcrm"
