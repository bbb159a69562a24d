"""Taking a second factor in a request: guesses are counted, refusals noted, the session remembers when."""

import logging
from collections.abc import Callable
from typing import Any

import django_otp
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from lawcrm import refusals
from lawcrm.accounts import step_up, throttling
from lawcrm.accounts.actions.passkeys import give_passkey
from lawcrm.accounts.actions.signing_in import SIGNED_IN, WrongCode
from lawcrm.accounts.models import Passkey
from lawcrm.accounts.throttling import CODE, CODE_ANYWHERE, Throttled
from lawcrm.accounts.webauthn import PATIENCE

logger = logging.getLogger(__name__)


CHALLENGE_TO_GIVE, CHALLENGE_TO_MAKE = "passkey_to_give", "passkey_to_make"


def challenge(request: HttpRequest, name: str, options: dict[str, Any]) -> JsonResponse:
    """Hand out the options of a challenge; the session keeps it until it is answered, once."""
    request.session[name] = [options["challenge"], timezone.now().timestamp() + PATIENCE / 1000]
    return JsonResponse(options)


def challenge_of(request: HttpRequest, name: str) -> str | None:
    """The challenge that waits in this session; asked again it is gone."""
    kept = request.session.take(name)  # type: ignore[attr-defined]
    return kept[0] if kept and timezone.now().timestamp() <= kept[1] else None


def passkey_given(request: HttpRequest, answer: dict[str, Any], event: str = SIGNED_IN) -> Passkey:
    """Raises Throttled or WrongCode."""
    user: Any = request.user
    waiting, now = challenge_of(request, CHALLENGE_TO_GIVE), timezone.now()
    return counted(request, lambda: give_passkey(actor=user, answer=answer, challenge=waiting, now=now, event=event))


def counted[T](request: HttpRequest, give: Callable[[], T]) -> T:
    """What `give` answers; raises Throttled or WrongCode. Call it outside the request's transaction."""
    user: Any = request.user
    counters = throttling.counters(request, user.email, CODE, CODE_ANYWHERE)
    try:
        throttling.count_attempt(counters, timezone.now())
        device = give()
    except (Throttled, WrongCode):
        note_refusal(request, "code")
        raise
    throttling.forgive(counters)
    return device


def note_refusal(request: HttpRequest, what: str, email: str = "") -> None:
    """For the operator, whose log does not say who it was, and for the review of what was refused, which does."""
    refusals.note(request, email=email)
    logger.warning("sign-in refused: %s (request %s)", what, getattr(request, "request_id", ""))


def mark_verified(request: HttpRequest, device: Any) -> None:
    """The session holds the factor from now on, under a new key."""
    django_otp.login(request, device)
    step_up.note(request, timezone.now())
    request.session.cycle_key()


def mark_again(request: HttpRequest, device: Any) -> None:
    """The same for somebody who was in already; a passkey stays what the session was opened with."""
    user: Any = request.user
    mark_verified(request, user.otp_device if isinstance(user.otp_device, Passkey) else device)
