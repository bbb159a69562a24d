"""The privacy app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from lawcrm import erasure, ui
        from privacy.actions.erasure import document_names

        erasure.keep_files_of(document_names)
        ui.nav.add("firm", "privacy:plan", _("Privacy"), "shield-check", permission="privacy.view_plan", order=70)
        ui.commands.add("privacy:new_hold", _("Place a hold"), "shield-check", permission="privacy.place_hold")
