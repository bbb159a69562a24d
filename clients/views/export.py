"""Contacts as a file."""

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clients import normal
from clients.actions import export as actions
from clients.forms.contacts import FilterForm
from lawcrm import access
from lawcrm.sign_in import needs_step_up


class ExportForm(FilterForm):
    """Which contacts, and what for."""

    reason = forms.CharField(
        label=_("What for"),
        max_length=200,
        validators=[normal.fit_text],
        help_text=_("Stands in the journal beside your name."),
    )


@require_http_methods(["GET", "POST"])
@needs_step_up
@access.requires("clients.export_contacts")
def export(request: HttpRequest) -> HttpResponse:
    form = ExportForm(request.POST) if request.method == "POST" else ExportForm(initial=request.GET.dict())
    if not (form.is_bound and form.is_valid()):
        return render(request, "clients/export.html", {"form": form}, status=422 if form.errors else 200)
    chosen = form.chosen()
    reason = chosen.pop("reason")
    lines = actions.export_contacts(actor=request.user, chosen=chosen, reason=reason)  # type: ignore[arg-type]
    name = f"contacts-{timezone.localdate():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)  # type: ignore[return-value]
