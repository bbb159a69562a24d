"""The privacy app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from lawcrm import ui
        from privacy import panels

        panels.register()
        ui.nav.add("firm", "privacy:plan", _("Privacy"), "shield-check", permission="privacy.view_plan", order=70)
        ui.commands.add("privacy:new_hold", _("Place a hold"), "shield-check", permission="privacy.place_hold")
