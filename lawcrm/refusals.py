"""Noting what was refused at the door: requests that see nothing, and attempts to sign in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

Handler = Callable[[HttpRequest], HttpResponse]
NOTED = {403, 404}
SIGN_IN = 422  # how a wrong password or code is answered

# One statement whether the address belongs to somebody or not.
INSERT = """
insert into lawcrm_refusedrequest (user_id, url_name, status, network, request_id, at)
values (coalesce(%s, (select id from accounts_user where email = %s)), %s, %s, %s, %s, %s)
"""


class NoteRefusals:
    """Every 403 and 404 to a signed-in person under an address of the product leaves one row."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user: Any = request.user
        if response.status_code in NOTED and user.is_verified() and _url_name(request):
            note(request, response.status_code)
        return response


def note(request: HttpRequest, status: int = SIGN_IN, *, email: str = "") -> None:
    """Who it was, if not signed in, is whoever signs in with the e-mail address."""
    now = timezone.now()
    values = (request.user.pk, email.strip().lower(), _url_name(request), status)
    where = (network_mark(request, now), getattr(request, "request_id", ""), now)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values + where)


def network_mark(request: HttpRequest, now: datetime) -> str:
    """A keyed mark of the network that changes every month: the same mark is the same place."""
    from lawcrm.accounts.origin import network_of

    place = f"{now:%Y-%m} {network_of(request)}"
    return salted_hmac("lawcrm.refusals.network", place, algorithm="sha256").hexdigest()[:12]


def _url_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name[:80] if match is not None and match.view_name else ""
