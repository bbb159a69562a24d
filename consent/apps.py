"""The consent app."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        from clients import panels
        from consent import actions, mails
        from lawcrm import outbox, ui

        ui.nav.add("firm", "consent:purposes", _("Consent"), "megaphone", permission="consent.view_consent", order=60)
        panels.register(40, standing, "consent/panel.html")
        outbox.kind(actions.CONFIRMATION, policy=outbox.HOLD, compose=mails.compose, may_send=mails.may_send)


def standing(contact: Any) -> dict[str, Any]:
    """The panel on a contact's page."""
    from consent import queries

    return {"standing": queries.standing_of(contact)}
