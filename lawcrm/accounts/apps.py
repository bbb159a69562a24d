"""The accounts app, and the administration under its own roof."""

from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.db.models.signals import post_migrate


def synchronise_roles(sender: AppConfig, using: str, apps: Apps, **_facts: Any) -> None:
    """Permissions are made after the migrations of each app, so roles are filled then (docs/decisions)."""
    if using != "default" or "groupkind" not in apps.all_models["accounts"]:
        return
    from django.contrib.auth.management import create_permissions

    from lawcrm.accounts import roles

    create_permissions(sender, verbosity=0, using=using)
    roles.synchronise(sender.label)


class AccountsConfig(AppConfig):
    name = "lawcrm.accounts"
    label = "accounts"

    def ready(self) -> None:
        from lawcrm.accounts import notices

        notices.register()
        post_migrate.connect(synchronise_roles, dispatch_uid="lawcrm.accounts.roles")


class AdminConfig(SimpleAdminConfig):
    """No autodiscovery: only what lawcrm/accounts/admin.py registers can be administered."""

    default_site = "lawcrm.admin_site.FirmAdminSite"

    def ready(self) -> None:
        super().ready()
        from lawcrm.accounts import admin  # noqa: F401 - registers
