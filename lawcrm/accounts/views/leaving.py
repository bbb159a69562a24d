"""Pages of administrators about somebody who leaves: the plan, the one action, the proof."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcrm import audit
from lawcrm.access import requires
from lawcrm.accounts import leaving, queries
from lawcrm.accounts.actions import staff
from lawcrm.accounts.forms import FunctionForm, SuccessorForm
from lawcrm.accounts.models import User
from lawcrm.sign_in import needs_step_up_to_send

ADMINISTERING = "accounts.change_user"


@require_safe
@requires(ADMINISTERING)
def people(request: HttpRequest) -> HttpResponse:
    """Who has left, and what of theirs still waits for somebody: red until it shows zeroes."""
    return render(request, "accounts/people_left.html", {"people": queries.people_left()})


@requires(ADMINISTERING)
@needs_step_up_to_send
def leave(request: HttpRequest, person: UUID) -> HttpResponse:
    """Numbers only. "Look first" shows what would pass to the successor; the other button does it."""
    user = get_object_or_404(User, public_id=person)
    form = SuccessorForm(request.POST or None, leaver=user)
    to = None
    if form.is_valid():
        try:
            to = _successor(user, form.cleaned_data["successor"])
            if "look" not in request.POST:
                return _left(request, user, form)
        except audit.Refused as refusal:
            form.add_error(None, str(refusal))
    return _page(request, user, form, to)


def _successor(user: User, chosen: User | None) -> leaving.Successor | None:
    return leaving.successor(user, chosen) if chosen else None


def _left(request: HttpRequest, user: User, form: SuccessorForm) -> HttpResponse:
    actor: Any = request.user
    values = form.cleaned_data
    staff.end_access(actor=actor, user=user, reason=values["reason"], successor=values["successor"], now=timezone.now())
    messages.success(request, _("Access has ended, on every device."))
    return redirect("accounts:leave", user.public_id)


def _page(request: HttpRequest, user: User, form: SuccessorForm, to: leaving.Successor | None) -> HttpResponse:
    lines = leaving.lines_of(user, to)
    context = {
        "person": user,
        "form": form,
        "successor": to.user if to else None,
        "duties": [line for line in lines if line.burden.is_duty],
        "rights": [line for line in lines if not line.burden.is_duty],
        "open_duties": sum(line.count for line in lines if line.burden.is_duty),
        "unmanaged": leaving.unmanaged(user),
        "total": sum(line.count for line in lines),
        "records": queries.leaving_records(user),
        "own": user == request.user,
    }
    return render(request, "accounts/leaving.html", context, status=422 if form.errors else 200)


@requires(ADMINISTERING)
@needs_step_up_to_send
def change_function(request: HttpRequest, person: UUID) -> HttpResponse:
    """Other roles: what the new ones do not cover ends, or passes to the successor."""
    user = get_object_or_404(User, public_id=person)
    form = FunctionForm(request.POST or None, leaver=user)
    actor: Any = request.user
    if form.is_valid():
        values = form.cleaned_data
        try:
            staff.give_roles(actor=actor, user=user, now=timezone.now(), **values)
        except audit.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The function has changed, from the next click on."))
            return redirect("accounts:leave", user.public_id)
    context = {"person": user, "form": form}
    return render(request, "accounts/change_function.html", context, status=422 if form.errors else 200)
