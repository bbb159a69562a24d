"""Contacts for Ctrl-K."""

from django.http import HttpRequest
from django.urls import reverse

from clients.queries import contacts as queries
from lawcrm import audit, ui

MOST = 6
ICONS = {"person": "user", "organisation": "building-2"}
SHORTEST = 2


def found(request: HttpRequest, text: str) -> list[ui.Hit]:
    """The first few by name among those the person may see."""
    if len(text) < SHORTEST or not request.user.has_perm("clients.view_contact"):
        return []
    rows = queries.filtered(text=text).order_by("name_skeleton", "pk")[:MOST]
    return [
        ui.Hit(
            reverse("clients:detail", args=[contact.public_id]),
            contact.name,
            ICONS[contact.kind],
            f"{contact.get_kind_display()} · {contact.country}" if contact.country else contact.get_kind_display(),
        )
        for contact in audit.read_listed(rows)
    ]
