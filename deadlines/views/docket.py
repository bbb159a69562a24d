"""The docket desk: date, grade and number of deadlines nobody acknowledged."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deadlines.actions import docket as actions
from deadlines.actions.escalating import DOCKET
from deadlines.queries import docket
from deadlines.views import frame
from lawcrm import access

SHOWN = 200


@require_safe
@access.requires(DOCKET)
def entries(request: HttpRequest) -> HttpResponse:
    return render(request, "deadlines/docket.html", {"rows": list(docket.entries()[:SHOWN])})


@require_POST
@access.requires(DOCKET)
def found(request: HttpRequest, public_id: UUID) -> HttpResponse:
    entry = get_object_or_404(docket.entries(), public_id=public_id)
    actions.found_somebody(actor=frame.person(request), entry=entry, now=timezone.now())
    messages.success(request, _("Noted. Nobody else is told of this step."))
    return redirect("deadlines:docket")
