"""Signing in: password, then a one-time or recovery code; and signing out."""

import logging
from collections.abc import Callable
from typing import Any

import django_otp
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lawcrm import ui
from lawcrm.accounts import origin, session_store, throttling
from lawcrm.accounts.actions import second_factor, signing_in
from lawcrm.accounts.forms import CodeForm, RecoveryCodeForm, SignInForm
from lawcrm.accounts.models import TotpDevice, User
from lawcrm.accounts.throttling import CODE, CODE_ANYWHERE, PASSWORD, PASSWORD_ANYWHERE, Throttled
from lawcrm.sign_in import open_to_anyone, open_to_password

logger = logging.getLogger(__name__)

# Several codes in a row that were already over: the phone's clock is off.
OFTEN_LATE = 3


def destination(request: HttpRequest) -> str:
    """Where the person was going, if that is a page of ours."""
    target = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return ui.url_or_empty(settings.LOGIN_REDIRECT_URL) or "/"


def onward(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """To the next step of signing in, still knowing where the person was going."""
    query = f"?{urlencode({'next': request.GET['next']})}" if "next" in request.GET else ""
    return HttpResponseRedirect(reverse(name) + query)


@open_to_anyone
@transaction.non_atomic_requests  # the count of failed attempts must survive the failure
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return onward_if_password_only(request)
    form = SignInForm(request.POST or None)
    if form.is_valid() and (user := checked(request, form)) is not None:
        login(request, user)
        request.session[session_store.SIGNED_IN_AT] = timezone.now().timestamp()
        request.session[session_store.DEVICE] = origin.device_of(request)
        if not TotpDevice.objects.filter(user=user, confirmed=True).exists():
            second_factor.begin_enrolment(actor=user)
            return onward(request, "accounts:enrol")
        return onward(request, "accounts:second_factor")
    return render(request, "accounts/sign_in.html", {"form": form}, status=422 if form.errors else 200)


def onward_if_password_only(request: HttpRequest) -> HttpResponse:
    if request.user.is_verified():  # type: ignore[union-attr]
        return HttpResponseRedirect(destination(request))
    return onward(request, "accounts:second_factor")


def checked(request: HttpRequest, form: SignInForm) -> User | None:
    """The person, or None with the reason in the form; unknown and inactive addresses cost the same time."""
    email = form.cleaned_data["email"]
    counters = throttling.counters(request, email, PASSWORD, PASSWORD_ANYWHERE)
    try:
        throttling.count_attempt(counters, timezone.now())
    except Throttled as refusal:
        form.add_error(None, str(refusal))
        return None
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if user is None:
        form.add_error(None, _("The e-mail address or the password is not right."))
        note_refusal(request, "password")
        return None
    throttling.forgive(counters)
    return user


def note_refusal(request: HttpRequest, what: str) -> None:
    """For the operator; who it was stays out of the log."""
    logger.warning("sign-in refused: %s (request %s)", what, getattr(request, "request_id", ""))


@open_to_password
@transaction.non_atomic_requests
def code(request: HttpRequest) -> HttpResponse:
    if not TotpDevice.objects.filter(user=request.user, confirmed=True).exists():
        return onward(request, "accounts:enrol")
    return ask_code(request, CodeForm, signing_in.give_code, "accounts/second_factor.html")


@open_to_password
@transaction.non_atomic_requests
def recovery(request: HttpRequest) -> HttpResponse:
    return ask_code(request, RecoveryCodeForm, signing_in.give_recovery_code, "accounts/recovery.html")


def ask_code(
    request: HttpRequest, form_class: type[forms.Form], take: Callable[..., Any], template: str
) -> HttpResponse:
    if request.user.is_verified():  # type: ignore[union-attr]
        return HttpResponseRedirect(destination(request))
    form = form_class(request.POST or None)
    if form.is_valid() and (device := taken(request, form, take)) is not None:
        return let_in(request, device)
    return render(
        request, template, {"form": form, "query": request.GET.urlencode()}, status=422 if form.errors else 200
    )


def taken(request: HttpRequest, form: forms.Form, take: Callable[..., Any]) -> Any:
    """The device that took the code, or None with the reason in the form."""
    user: Any = request.user
    counters = throttling.counters(request, user.email, CODE, CODE_ANYWHERE)
    try:
        throttling.count_attempt(counters, timezone.now())
        device = take(actor=user, code=form.cleaned_data["code"], now=timezone.now())
    except (Throttled, signing_in.WrongCode) as refusal:
        form.add_error("code", str(refusal))
        note_refusal(request, "code")
        return None
    throttling.forgive(counters)
    return device


def let_in(request: HttpRequest, device: Any) -> HttpResponse:
    """Fully signed in: a new session key, and the device is known from now on."""
    mark_verified(request, device)
    if getattr(device, "late_in_row", 0) >= OFTEN_LATE:
        messages.warning(
            request, _("Your phone's clock runs behind. Let it set the time by itself, or codes will fail.")
        )
    response = HttpResponseRedirect(destination(request))
    origin.remember_device(request, response, device.user)
    return response


def mark_verified(request: HttpRequest, device: Any) -> None:
    django_otp.login(request, device)
    request.session.cycle_key()


@require_POST
@open_to_password
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = redirect("accounts:sign_in")
    # Not "cookies": the theme and the known device stay with the browser.
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
