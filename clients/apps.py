"""The clients app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lawcrm import ui


class ClientsConfig(AppConfig):
    name = "clients"

    def ready(self) -> None:
        from clients.actions import leaving
        from clients.views.palette import found

        leaving.register_burdens()
        ui.search.add("contacts", _("Contacts"), found, order=20)
        ui.nav.add(
            "work", "clients:list", _("Contacts"), "users", permission="clients.view_contact", order=20, phone=True
        )
        ui.commands.add(
            "clients:enter", _("Contact"), "user-plus", menu="new", permission="clients.add_contact", order=20
        )
        ui.commands.add(
            "clients:imports", _("Import contacts"), "upload", permission="clients.import_contacts", order=60
        )
        ui.nav.add("firm", "clients:courts", _("Courts"), "landmark", permission="clients.view_contact", order=60)
