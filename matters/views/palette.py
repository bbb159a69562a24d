"""What matters show elsewhere: in the answer of Ctrl-K and on the page of a contact."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from clients.models import Contact
from lawcrm import audit, ui
from matters.queries import finding, overview

READING = "matters.view_matter"
SHORTEST = 2


def found(request: HttpRequest, text: str) -> list[ui.Hit]:
    """The latest few whose title or number fits, among those the person may see."""
    if len(text) < SHORTEST or READING not in request.user.role_permissions():  # type: ignore[union-attr]
        return []
    return [
        ui.Hit(reverse("matters:detail", args=[matter.public_id]), matter.title, "briefcase", matter.number)
        for matter in audit.read_listed(finding.matters_like(text))
    ]


def of_contact(contact: Contact) -> dict[str, Any] | None:
    """The card on a contact's page; nothing at all where no matter may be seen."""
    parts = overview.parts_of(contact)
    audit.read_listed(part.matter for part in parts)
    return {"parts": parts} if parts else None
