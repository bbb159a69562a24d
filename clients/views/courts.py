"""The directory of courts and authorities."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients.actions import courts as actions
from clients.actions.contacts import AlreadyEntered, NotEntered
from clients.forms.contacts import new_token
from clients.forms.courts import CorrectSeatForm, CourtForm
from clients.models import Court
from clients.queries import courts as queries
from clients.views.loading import contact_or_404
from lawcrm import access, audit

UNPROCESSABLE = 422


@require_GET
@access.requires("clients.view_contact")
def courts(request: HttpRequest) -> HttpResponse:
    """A court's name is nobody's secret, so that this search may stand in the address."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    return render(request, "clients/courts.html", {"text": text, "rows": list(queries.directory(text=text))})


@require_http_methods(["GET", "POST"])
@access.requires("clients.change_contact")
def enter(request: HttpRequest) -> HttpResponse:
    form = CourtForm(request.POST) if request.method == "POST" else CourtForm(initial={"token": new_token()})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.enter_court(
                actor=request.user,  # type: ignore[arg-type]
                public_id=given["token"],
                name=given["name"],
                seat={name: given[name] for name in actions.SEAT},
                reason=given["reason"],
                today=timezone.localdate(),
            )
        except AlreadyEntered as before:
            made = before.contact
        except NotEntered as refused:
            messages.error(request, str(refused))
            return redirect("clients:enter_court")
        else:
            messages.success(request, _("Entered in the directory."))
        return redirect("clients:detail", public_id=made.public_id)
    return render(request, "clients/enter_court.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "POST"])
@access.requires("clients.change_contact")
def correct_seat(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Of a contact that is no court there is no such page."""
    contact = contact_or_404(public_id)
    court = get_object_or_404(Court, contact=contact)
    start = {name: getattr(court, name) for name in actions.SEAT} | {"seen": actions.seat_version(court)}
    start["subdivision"] = court.subdivision.rpartition("-")[2].upper()
    form = CorrectSeatForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.correct_seat(
                actor=request.user,  # type: ignore[arg-type]
                contact=contact,
                seen=given["seen"],
                seat={name: given[name] for name in actions.SEAT},
                reason=given["reason"],
            )
        except audit.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Corrected. Dates in the book stay until somebody accepts new ones."))
            return redirect("clients:detail", public_id=public_id)
    context = {"form": form, "contact": contact}
    return render(request, "clients/correct_seat.html", context, status=UNPROCESSABLE if form.errors else 200)
