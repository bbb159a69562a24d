"""The directory of courts and authorities."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients.actions import courts as actions
from clients.actions.contacts import AlreadyEntered, NotEntered
from clients.forms.contacts import new_token
from clients.forms.courts import CourtForm
from clients.queries import courts as queries
from lawcrm import access

UNPROCESSABLE = 422
SEAT = ("country", "subdivision", "seat", "level")


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
                seat={name: given[name] for name in SEAT},
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
