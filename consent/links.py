"""The link that withdraws a consent without signing in: signed, bound to its use, naming nobody."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

SALT = "consent.withdraw"
# Withdrawing must stay as easy as agreeing was, so that the link lives as long as messages are kept.
SECONDS = 5 * 366 * 24 * 3600


def token_for(consent_id: UUID) -> str:
    return signing.dumps(consent_id.hex, salt=SALT)


def consent_id_of(token: str) -> UUID | None:
    """The consent a link was made for; None for a forged, altered or expired one."""
    try:
        return UUID(hex=signing.loads(token, salt=SALT, max_age=SECONDS))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def withdrawal_url(consent_id: UUID) -> str:
    return settings.SITE_URL + reverse("withdraw", args=[token_for(consent_id)])
