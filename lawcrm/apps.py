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
        self._review_logs()
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
        ui.nav.add(
            "firm", "accounts:groups", _("Practice groups"), "users", permission="matters.grant_access", order=70
        )
        ui.nav.add("system", "status", _("System status"), "monitor", permission="lawcrm.view_status", order=91)
        ui.commands.add("accounts:profile", _("Your account"), "settings", menu="user", order=80)
        ui.commands.add("accounts:sessions", _("Signed-in devices"), "monitor", menu="user", order=81)

    def _review_logs(self) -> None:
        from lawcrm import audit, today, ui
        from lawcrm.models import LogReview
        from lawcrm.review import reminding

        audit.signs(LogReview, kind="log_review.signed")
        reminding.register()
        today.add(75, reminding.card, "review/late.html")
        ui.nav.add("firm", "review:log", _("Log review"), "eye", permission="lawcrm.view_journal", order=75)
