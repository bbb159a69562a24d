"""What a signed-in person brings to each request: a session kept alive, a language, a time zone."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


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
