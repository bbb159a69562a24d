"""One's own account: name, language, devices; and what the roles may do."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lawcrm.accounts import describing, queries, session_store
from lawcrm.accounts.actions import staff
from lawcrm.accounts.actions.sessions import end_session, end_sessions_of
from lawcrm.accounts.forms import ProfileForm
from lawcrm.sign_in import open_to_anyone


def profile(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = ProfileForm(request.POST or None, instance=user)
    if form.is_valid():
        staff.change_facts(actor=user, user=user, fields=form.changed_data)
        translation.activate(user.interface_language)
        messages.success(request, _("Saved."))
        response = redirect("accounts:profile")
        language = user.interface_language
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax")
        return response
    context = {"form": form, "factors": queries.factors_of(user), "held": queries.roles_of(user)}
    context["looks"] = describing.looks_at(user)
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


def sessions(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in; one, all others or all can be ended."""
    user: Any = request.user
    own = session_store.hashed(request.session.session_key or "")
    if request.method == "POST":
        if chosen := request.POST.get("session"):
            end_session(actor=user, session_key=chosen)
        else:
            end_sessions_of(actor=user, user=user, keep="" if "all" in request.POST else own)
        messages.success(request, _("Signed out there."))
        return redirect("accounts:sessions")
    context = {
        "rows": queries.sessions_of(user, timezone.now()),
        "own": own,
        "idle_minutes": settings.SESSION_IDLE_AGE // 60,
        "hours": settings.SESSION_ABSOLUTE_AGE // 3600,
    }
    return render(request, "accounts/sessions.html", context)


def roles(request: HttpRequest) -> HttpResponse:
    """What each role may do, in words; open to all, because nobody should have to guess."""
    user: Any = request.user
    return render(request, "accounts/roles.html", {"rows": describing.described_roles(user)})


@open_to_anyone
def demo_codes(request: HttpRequest) -> HttpResponse:
    """The current codes of the demo firm; no such page anywhere else."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/demo_codes.html", {"people": queries.demo_codes(timezone.now())})
