"""Setting up the second factor and printing recovery codes."""

from typing import Any

import segno
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lawcrm.accounts import origin, queries, throttling
from lawcrm.accounts.actions import second_factor
from lawcrm.accounts.actions.signing_in import WrongCode
from lawcrm.accounts.forms import CodeForm, ConfirmPasswordForm
from lawcrm.accounts.models import TotpDevice
from lawcrm.accounts.throttling import PASSWORD, PASSWORD_ANYWHERE, Throttled
from lawcrm.accounts.views.giving import mark_verified
from lawcrm.accounts.views.sign_in import destination, onward
from lawcrm.sign_in import needs_step_up, open_to_password


def must_give_factor(user: Any) -> bool:
    """Whoever has a second factor, or had one once, gives it or a recovery code before setting up another."""
    return not user.is_verified() and queries.had_factor(user)


@open_to_password
@needs_step_up
@transaction.non_atomic_requests
def enrol(request: HttpRequest) -> HttpResponse:
    """The QR code of the new device, and its first code."""
    user: Any = request.user
    if must_give_factor(user):
        return onward(request, "accounts:second_factor")
    pending = TotpDevice.objects.filter(user=user, confirmed=False).first()
    if pending is None:
        return render(request, "accounts/enrol_begin.html", {"form": ConfirmPasswordForm(), "query": query_of(request)})
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            device, codes = second_factor.confirm_enrolment(
                actor=user, code=form.cleaned_data["code"], now=timezone.now()
            )
        except WrongCode as refusal:
            form.add_error("code", str(refusal))
        else:
            return enrolled(request, device, codes)
    context = {
        "form": form,
        "secret": in_groups(pending.secret),
        "qr": picture(pending.address),
        "query": query_of(request),
    }
    return render(request, "accounts/enrol.html", context, status=422 if form.errors else 200)


def enrolled(request: HttpRequest, device: TotpDevice, codes: list[str]) -> HttpResponse:
    """The session of the enrolling person was ended with the others and is saved again under a new key."""
    mark_verified(request, device)
    response = sheet(request, codes)
    origin.remember_device(request, response, device.user)
    return response


@require_POST
@open_to_password
@needs_step_up
@transaction.non_atomic_requests
@sensitive_post_parameters("current")
def enrol_begin(request: HttpRequest) -> HttpResponse:
    """A new secret; who replaces a device says the password again."""
    user: Any = request.user
    if must_give_factor(user):
        return onward(request, "accounts:second_factor")
    form = ConfirmPasswordForm(request.POST)
    if not confirmed(request, form):
        context = {"form": form, "query": query_of(request)}
        return render(request, "accounts/enrol_begin.html", context, status=422)
    second_factor.begin_enrolment(actor=user)
    return onward(request, "accounts:enrol")


def confirmed(request: HttpRequest, form: ConfirmPasswordForm) -> bool:
    """Whether the signed-in person gave their own password; guesses are counted like at sign-in."""
    user: Any = request.user
    if not form.is_valid():
        return False
    counters = throttling.counters(request, user.email, PASSWORD, PASSWORD_ANYWHERE)
    try:
        throttling.count_attempt(counters, timezone.now())
    except Throttled as refusal:
        form.add_error("current", str(refusal))
        return False
    if not check_password(form.cleaned_data["current"], user.password):
        form.add_error("current", _("This is not your password."))
        return False
    throttling.forgive(counters)
    return True


@needs_step_up
@transaction.non_atomic_requests
@sensitive_post_parameters("current")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """A new sheet, shown once."""
    form = ConfirmPasswordForm(request.POST or None)
    if request.method == "POST" and confirmed(request, form):
        codes = second_factor.renew_recovery_codes(actor=request.user)  # type: ignore[arg-type]
        return sheet(request, codes)
    return render(request, "accounts/recovery_codes_renew.html", {"form": form}, status=422 if form.errors else 200)


def sheet(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The recovery codes, to print or write down; this page is not found again."""
    context = {"codes": codes, "text": "\n".join(codes), "onward": destination(request)}
    return render(request, "accounts/recovery_codes.html", context)


def query_of(request: HttpRequest) -> str:
    return request.GET.urlencode()


def in_groups(secret: str) -> str:
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def picture(address: str) -> str:
    """A data address, which the content security policy allows for images only."""
    code = segno.make(address, error="m")
    return str(code.svg_data_uri(scale=5, border=3, light="#fff", dark="#000"))
