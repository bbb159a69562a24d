"""A person's second factors: the list, adding a passkey, renaming and removing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcrm.accounts import factor_rules, origin, queries, webauthn
from lawcrm.accounts.actions import passkeys as actions
from lawcrm.accounts.actions.passkeys import FactorRefused
from lawcrm.accounts.forms import NewPasskeyForm, PasskeyNameForm
from lawcrm.accounts.models import Passkey
from lawcrm.accounts.views.giving import CHALLENGE_TO_MAKE, challenge, challenge_of, mark_verified
from lawcrm.accounts.views.second_factor import must_give_factor, sheet
from lawcrm.accounts.views.sign_in import destination, onward
from lawcrm.sign_in import needs_step_up, open_to_password


@require_safe
def factors(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    held = queries.factors_of(user)
    context = {"factors": held, "last": held.count == 1, "used": user.otp_device, "due": factor_rules.due_of(user)}
    return render(request, "accounts/factors.html", context)


@require_POST
@open_to_password
@needs_step_up
def new_passkey_challenge(request: HttpRequest) -> HttpResponse:
    """What js/passkey.js hands to the browser before a passkey is made."""
    user: Any = request.user
    if must_give_factor(user):
        return HttpResponse(status=403)
    held = Passkey.objects.filter(user=user)
    return challenge(request, CHALLENGE_TO_MAKE, webauthn.options_to_make(user, held))


@open_to_password
@needs_step_up
@transaction.non_atomic_requests
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Also the first second factor of somebody who has just given the password."""
    user: Any = request.user
    if must_give_factor(user):
        return onward(request, "accounts:second_factor")
    form = NewPasskeyForm(request.POST or None, initial={"name": origin.device_of(request)})
    if form.is_valid():
        try:
            return added(request, form.cleaned_data)
        except FactorRefused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "query": request.GET.urlencode(),
        "first": not user.is_verified(),
        "wanted": factor_rules.blocks(request),
        "site": webauthn.site(),
    }
    return render(request, "accounts/add_passkey.html", context, status=422 if form.errors else 200)


def added(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    """Raises FactorRefused. The first factor signs its person in and comes with recovery codes."""
    user: Any = request.user
    waiting = challenge_of(request, CHALLENGE_TO_MAKE)
    passkey, codes = actions.add_passkey(
        actor=user, answer=given["passkey"], challenge=waiting, name=given["name"], now=timezone.now()
    )
    mark_verified(request, passkey)
    messages.success(request, _("The passkey is added."))
    if codes:
        response = sheet(request, codes)
    else:
        response = redirect(destination(request) if "next" in request.GET else "accounts:factors")
    origin.remember_device(request, response, user)
    return response


@needs_step_up
def change_passkey(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Rename it or remove it."""
    user: Any = request.user
    passkey = get_object_or_404(Passkey, user=user, public_id=public_id)
    if request.method == "POST" and "remove" in request.POST:
        return removed(request, lambda: actions.remove_passkey(actor=user, passkey=passkey, now=timezone.now()))
    form = PasskeyNameForm(request.POST or None, initial={"name": passkey.name})
    if form.is_valid():
        actions.rename_passkey(actor=user, passkey=passkey, name=form.cleaned_data["name"])
        return redirect("accounts:factors")
    last = passkey.copied_at is None and queries.factors_of(user).count == 1
    context = {"form": form, "passkey": passkey, "last": last}
    return render(request, "accounts/change_passkey.html", context, status=422 if form.errors else 200)


@require_POST
@needs_step_up
def remove_app(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    return removed(request, lambda: actions.remove_app(actor=user, now=timezone.now()))


def removed(request: HttpRequest, remove: Any) -> HttpResponse:
    """Whoever signed in with what is gone, here or elsewhere, gives another factor at the next click."""
    try:
        remove()
    except FactorRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Removed."))
    return redirect("accounts:factors")
