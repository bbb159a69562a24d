"""The privacy app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from lawcrm import audit, ui
        from privacy import mails, panels
        from privacy.actions.reviews import burdens
        from privacy.models import GroupReview, MatterReview, ReviewCount

        panels.register()
        mails.register()
        burdens.register_burdens()
        for model in (MatterReview, GroupReview):
            audit.signs(model, kind="access_review.closed")
        audit.signs(ReviewCount, kind="access_review.counted")
        ui.nav.add("work", "privacy:reviews", _("Access reviews"), "eye", permission="matters.grant_access", order=60)
        ui.nav.add(
            "system",
            "privacy:group_reviews",
            _("Reviews of roles"),
            "eye",
            permission="accounts.change_user",
            order=60,
        )
        ui.nav.add("firm", "privacy:plan", _("Privacy"), "shield-check", permission="privacy.view_plan", order=70)
        ui.commands.add("privacy:new_hold", _("Place a hold"), "shield-check", permission="privacy.place_hold")
