"""Signing in: password, then a one-time or recovery code; and signing out."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lawcrm import refusals, ui
from lawcrm.accounts import factor_rules, origin, queries, session_store, throttling, webauthn
from lawcrm.accounts.actions import second_factor, signing_in
from lawcrm.accounts.forms import FactorForm, RecoveryCodeForm, SignInForm
from lawcrm.accounts.models import Passkey, User
from lawcrm.accounts.throttling import PASSWORD, PASSWORD_ANYWHERE, Throttled
from lawcrm.accounts.views.giving import (
    CHALLENGE_TO_GIVE,
    challenge,
    counted,
    mark_verified,
    note_refusal,
    passkey_given,
)
from lawcrm.sign_in import open_to_anyone, open_to_password

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
        if not queries.had_factor(user):
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
        refusals.note(request, email=email)
        return None
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if user is None:
        form.add_error(None, _("The e-mail address or the password is not right."))
        note_refusal(request, "password", email)
        return None
    throttling.forgive(counters)
    return user


@open_to_password
@transaction.non_atomic_requests
def code(request: HttpRequest) -> HttpResponse:
    """The second factor: a one-time code or a passkey, whatever the person has."""
    user: Any = request.user
    has_passkey = bool(queries.passkeys_of(user))
    has_app = queries.has_app(user) and factor_rules.takes_codes(user, timezone.now())
    if not (has_app or has_passkey):
        return onward(request, "accounts:recovery" if queries.had_factor(user) else "accounts:enrol")
    form = FactorForm(request.POST or None, has_app=has_app, has_passkey=has_passkey)
    return ask(request, form, factor_given, "accounts/second_factor.html")


@open_to_password
@transaction.non_atomic_requests
def recovery(request: HttpRequest) -> HttpResponse:
    return ask(request, RecoveryCodeForm(request.POST or None), recovery_given, "accounts/recovery.html")


def ask(request: HttpRequest, form: forms.Form, give: Callable[..., Any], template: str) -> HttpResponse:
    if request.user.is_verified():  # type: ignore[union-attr]
        return HttpResponseRedirect(destination(request))
    if form.is_valid():
        try:
            return let_in(request, give(request, form.cleaned_data))
        except (Throttled, signing_in.WrongCode) as refusal:
            form.add_error("code" if form.cleaned_data.get("code") else None, str(refusal))
    context = {"form": form, "query": request.GET.urlencode(), "site": webauthn.site()}
    return render(request, template, context, status=422 if form.errors else 200)


def factor_given(request: HttpRequest, given: dict[str, Any]) -> Any:
    user: Any = request.user
    if given["passkey"]:
        return passkey_given(request, given["passkey"])
    now = timezone.now()
    return counted(request, lambda: signing_in.give_code(actor=user, code=given["code"], now=now))


def recovery_given(request: HttpRequest, given: dict[str, Any]) -> Any:
    user: Any = request.user
    now = timezone.now()
    return counted(request, lambda: signing_in.give_recovery_code(actor=user, code=given["code"], now=now))


@require_POST
@open_to_password
def passkey_challenge(request: HttpRequest) -> HttpResponse:
    """What js/passkey.js hands to the browser before a passkey is given."""
    held = queries.passkeys_of(request.user)  # type: ignore[arg-type]
    return challenge(request, CHALLENGE_TO_GIVE, webauthn.options_to_give(held))


def let_in(request: HttpRequest, device: Any) -> HttpResponse:
    """Fully signed in: a new session key, and the device is known from now on."""
    mark_verified(request, device)
    if getattr(device, "late_in_row", 0) >= OFTEN_LATE:
        messages.warning(
            request, _("Your phone's clock runs behind. Let it set the time by itself, or codes will fail.")
        )
    remind_of_passkey(request, device)
    response = HttpResponseRedirect(destination(request))
    origin.remember_device(request, response, device.user)
    return response


def remind_of_passkey(request: HttpRequest, device: Any) -> None:
    """While the days to set one up are running."""
    due = factor_rules.due_of(request.user)
    if due is not None and due > timezone.now() and not isinstance(device, Passkey):
        date = formats.date_format(timezone.localtime(due), "SHORT_DATE_FORMAT")
        said = _("Your role needs a passkey from %(date)s on. Add one under Your account, Second factors.")
        messages.warning(request, said % {"date": date})


@require_POST
@open_to_password
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    response = redirect("accounts:sign_in")
    # Not "cookies": the theme and the known device stay with the browser.
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
