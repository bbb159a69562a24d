"""The crypto app."""

from django.apps import AppConfig


class CryptoConfig(AppConfig):
    name = "lawcrm.crypto"
    label = "crypto"
