"""The accounts app, and the administration under its own roof."""

from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.contrib.admin.apps import SimpleAdminConfig
from django.db.models.signals import post_migrate


def synchronise_roles(sender: AppConfig, using: str, apps: Apps, plan: Any = None, **_facts: Any) -> None:
    """Permissions are made after the migrations of each app, so roles are filled then (docs/decisions).

    Those of a renamed model are renamed first: made anew, they would stand in the way of Django's own renaming.
    """
    if using != "default" or "groupkind" not in apps.all_models["accounts"]:
        return
    from django.contrib.auth.management import create_permissions, rename_permissions_after_model_rename

    from lawcrm.accounts import roles

    rename_permissions_after_model_rename(sender, verbosity=0, plan=plan, using=using, apps=apps)
    create_permissions(sender, verbosity=0, using=using)
    roles.synchronise(sender.label)


class AccountsConfig(AppConfig):
    name = "lawcrm.accounts"
    label = "accounts"

    def ready(self) -> None:
        from lawcrm.accounts import burdens, change_notices, factor_rules, notices
        from lawcrm.accounts.actions import records

        notices.register()
        change_notices.register()
        factor_rules.register()
        burdens.register_own()
        records.declare()
        post_migrate.connect(synchronise_roles, dispatch_uid="lawcrm.accounts.roles")


class AdminConfig(SimpleAdminConfig):
    """No autodiscovery: only what lawcrm/accounts/admin.py registers can be administered."""

    default_site = "lawcrm.admin_site.FirmAdminSite"

    def ready(self) -> None:
        super().ready()
        from lawcrm.accounts import admin  # noqa: F401 - registers
