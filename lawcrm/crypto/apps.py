"""The crypto app."""

from importlib import import_module

from django.apps import AppConfig


class CryptoConfig(AppConfig):
    name = "lawcrm.crypto"
    label = "crypto"

    def ready(self) -> None:
        import_module("lawcrm.crypto.checks")
