"""The page of partners about accounts that wait for somebody who knows who uses them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcrm import audit
from lawcrm.access import requires
from lawcrm.accounts import queries
from lawcrm.accounts.actions import waiting
from lawcrm.accounts.models import User
from lawcrm.sign_in import needs_step_up

VOUCHING = "accounts.vouch_for"


@require_safe
@requires(VOUCHING)
def newcomers(request: HttpRequest) -> HttpResponse:
    people = queries.newcomers().prefetch_related("groups")
    rows = [(person, queries.role_names(person)) for person in people]
    return render(request, "accounts/newcomers.html", {"rows": rows})


@require_POST
@requires(VOUCHING)
@needs_step_up
def vouch(request: HttpRequest, person: UUID) -> HttpResponse:
    user = get_object_or_404(User, public_id=person)
    actor: Any = request.user
    try:
        waiting.vouch(actor=actor, user=user, now=timezone.now())
    except audit.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Vouched for. The account waits no more."))
    return redirect("accounts:newcomers")
