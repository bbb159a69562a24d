"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lawcrm.accounts"
    label = "accounts"
