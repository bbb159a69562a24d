"""The ground floor as a Django app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class LawcrmConfig(AppConfig):
    name = "lawcrm"
    label = "lawcrm"

    def ready(self) -> None:
        autodiscover_modules("checks")
        self._show_own_pages()
        autodiscover_modules("tasks")  # the status page and the tick know a job once its module is loaded

    def _show_own_pages(self) -> None:
        from lawcrm import ui

        ui.nav.add(
            "system",
            "admin:index",
            _("Staff and roles"),
            "sliders-horizontal",
            permission="accounts.view_user",
            order=90,
        )
        ui.nav.add("system", "status", _("System status"), "monitor", permission="lawcrm.view_status", order=91)
        ui.commands.add("accounts:profile", _("Your account"), "settings", menu="user", order=80)
        ui.commands.add("accounts:sessions", _("Signed-in devices"), "monitor", menu="user", order=81)
