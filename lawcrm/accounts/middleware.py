"""What a signed-in person brings to each request: a session kept alive, a language, a factor given lately."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django_otp import DEVICE_ID_SESSION_KEY

from lawcrm.accounts import factor_rules, step_up
from lawcrm.accounts.views.step_up import HEADER, meet


class SignedIn:
    """Notes the last use; the session lapses a while after it (settings.SESSION_IDLE_AGE)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        translation.activate(request.user.interface_language)
        with timezone.override(ZoneInfo(request.user.time_zone)):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> None:
        if request.user.is_authenticated and not getattr(view, "leaves_session", False):
            request.session.touch(timezone.now())  # type: ignore[attr-defined]


class StepUp:
    """Asks for the second factor again before a view that wants it; before its transaction, so that guesses count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if not step_up.wanted(request, view):
            return None
        return meet(request)


class FactorRules:
    """Leads people whose roles want a passkey to it once their days are over; nobody is locked out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        open_to = getattr(view, "open_to", "verified")
        if open_to == "anyone" or not factor_rules.blocks(request):
            return None
        page = "accounts:add_passkey"
        if factor_rules.must_give_passkey(request):
            # Back to where only the password was given: nothing but the passkey goes on from there.
            del request.session[DEVICE_ID_SESSION_KEY]
            page = "accounts:second_factor"
        elif open_to == "password":
            return None
        if "HX-Request" in request.headers:
            return HttpResponse(status=403, headers={HEADER: "factor"})
        return redirect_to_login(request.get_full_path(), page)
