"""What every request goes through: an id, a declared viewer, sign-in, no writing on GET, no caching."""

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers

from lawcrm import access

Handler = Callable[[HttpRequest], HttpResponse]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# What a GET may write, each by its own table: the read log, refusals, the session, throttling, the use of a calendar.
WRITABLE_ON_GET = (
    "lawcrm_readentry",
    "lawcrm_refusedrequest",
    "django_session",
    "accounts_throttle",
    "accounts_devicesession",
    "deadlines_calendarfeed",
)
READING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "SHOW", "EXPLAIN", "WITH", "DECLARE", "FETCH", "CLOSE")


class WroteOnGet(RuntimeError):
    """A GET tried to change something."""


class RequestId:
    """Gives each request an id that joins the journal, the logs and the answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class DeclareViewer:
    """Declares who is looking for the rest of the request; without the second factor nothing is seen."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        viewer = access.viewer_of(user, request_id=request.request_id)  # type: ignore[attr-defined]
        if not user.is_verified():
            viewer = replace(viewer, principals=(), flags=frozenset(), lapses=())
        with access.as_viewer(viewer):
            return self.get_response(request)


class RequireSignIn:
    """Every page wants a signed-in person with a second factor, except views that opt out by name."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        allowed = getattr(view, "open_to", "verified")
        user: Any = request.user
        if allowed == "anyone" or (allowed == "password" and user.is_authenticated):
            return None
        if not user.is_authenticated:
            # Nothing of what was sent is kept: a session that ended may be a person who may not write any more.
            sent = "" if request.method in SAFE_METHODS else "?unsaved=1"
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL) + sent)
        if not user.is_verified():
            return redirect_to_login(request.get_full_path(), "accounts:second_factor")
        return None


class ReadOnlyGet:
    """Refuses SQL that writes while a GET is answered."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE_METHODS:
            return self.get_response(request)
        with ExitStack() as stack:
            for alias in connections:
                stack.enter_context(connections[alias].execute_wrapper(refuse_writes))
            return self.get_response(request)


def refuse_writes(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
    text = str(statement).lstrip(" (\n").upper()
    if not text.startswith(READING) and not any(table.upper() in text for table in WRITABLE_ON_GET):
        message = f"a GET may only read: {text[:40]}"
        raise WroteOnGet(message)
    return execute(statement, params, many, context)


class SightLost:
    """A thing that a page showed and that is hidden, or gone, by the time its form arrives: 404, as for both."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:  # noqa: ARG002
        if isinstance(exception, guarded_misses()):
            raise Http404 from exception


@cache
def guarded_misses() -> tuple[type[ObjectDoesNotExist], ...]:
    guarded: list[Any] = [model for model in apps.get_models() if getattr(model, "need_to_know", None)]
    return tuple(model.DoesNotExist for model in guarded)


class KeepOutOfCaches:
    """Signed-in pages stay out of every cache, also the back button's after signing out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
