"""Forgotten, new and changed passwords."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from lawcrm.accounts import links, origin, session_store, throttling
from lawcrm.accounts.actions import passwords
from lawcrm.accounts.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm
from lawcrm.accounts.throttling import NETWORK, RESET, Throttled
from lawcrm.accounts.views.second_factor import confirmed
from lawcrm.sign_in import open_to_anyone

TOKEN = "password_link"  # noqa: S105 - the session's key for it


@open_to_anyone
@transaction.non_atomic_requests
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer does not tell whether the address is an account's."""
    form = ForgottenForm(request.POST or None)
    if form.is_valid():
        email, now = form.cleaned_data["email"], timezone.now()
        network = origin.network_of(request)
        try:
            throttling.count_attempt([(RESET, RESET.key(email.lower())), (NETWORK, NETWORK.key(network))], now)
        except Throttled as refusal:
            form.add_error(None, str(refusal))
        else:
            passwords.ask_password_link(email=email, now=now)
            return redirect("accounts:forgotten_sent")
    return render(request, "accounts/forgotten.html", {"form": form}, status=422 if form.errors else 200)


@open_to_anyone
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/forgotten_sent.html")


@open_to_anyone
@never_cache
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """Moves the token from the address into the session, so that no referrer and no log keeps it usable."""
    if links.user_of(token) is None:
        return render(request, "accounts/link_expired.html", status=410)
    request.session[TOKEN] = token
    return redirect("accounts:new_password")


@open_to_anyone
@sensitive_post_parameters("password")
def new_password(request: HttpRequest) -> HttpResponse:
    """Choose a password by link. It signs nobody in: password and second factor follow."""
    token = request.session.get(TOKEN, "")
    user = links.user_of(token)
    if user is None:
        return render(request, "accounts/link_expired.html", status=410)
    form = NewPasswordForm(request.POST or None, user=user)
    if form.is_valid():
        passwords.set_password_by_link(token=token, password=form.cleaned_data["password"], now=timezone.now())
        request.session.flush()
        messages.success(request, _("Your password is set. Sign in with it now."))
        return redirect("accounts:sign_in")
    return render(request, "accounts/new_password.html", {"form": form}, status=422 if form.errors else 200)


@transaction.non_atomic_requests
@sensitive_post_parameters("current", "password")
def change_password(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and confirmed(request, form):
        keep = session_store.hashed(request.session.session_key or "")
        passwords.change_password(actor=user, password=form.cleaned_data["password"], keep=keep, now=timezone.now())
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Your other devices are signed out."))
        return redirect("accounts:profile")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)
