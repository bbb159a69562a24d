"""What happened to a contact, and who has seen it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.queries import detail, past, readings
from clients.views.loading import contact_or_404
from lawcrm import access

MOST = 200


@require_GET
@access.requires("clients.view_contact")
def history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    contact = contact_or_404(public_id, "history")
    return render(request, "clients/history.html", {"contact": contact, "changes": past.of(contact)})


@require_GET
@access.requires("clients.view_contact")
def readers(request: HttpRequest, public_id: UUID) -> HttpResponse:
    contact = contact_or_404(public_id)
    shown = readings.shown_to_viewer(contact)
    entries = list(shown.entries[:MOST])
    names = detail.people({entry.user_id for entry in entries})
    words = {
        "page": _("the page"),
        "list": _("a list"),
        "history": _("the history"),
        "consents": _("the consents"),
        "confidential": _("the confidential part"),
        "export": _("an export"),
    }
    rows = [
        (entry.at, names.get(entry.user_id, "–"), words.get(entry.what, entry.what), entry.what, entry.break_glass_id)
        for entry in entries
    ]
    return render(request, "clients/readers.html", {"contact": contact, "rows": rows, "only_own": shown.only_own})
