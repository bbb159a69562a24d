"""Whether the second factor was given lately enough for what is about to be done."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# The session's key for the time at which its person last gave a second factor.
FACTOR_AT = "factor_at"


def wanted(request: HttpRequest, view: Any) -> bool:
    """Whether the view asks for it and the person is one who could give it."""
    when = getattr(view, "step_up", "")
    user: Any = request.user
    asks = when == "always" or (when == "sending" and request.method not in SAFE_METHODS)
    return asks and user.is_authenticated and user.is_verified()


def note(request: HttpRequest, now: datetime) -> None:
    request.session[FACTOR_AT] = now.timestamp()


def is_fresh(request: HttpRequest, now: datetime) -> bool:
    at = request.session.get(FACTOR_AT)
    return at is not None and 0 <= now.timestamp() - at <= settings.STEP_UP_AGE
