"""The WebAuthn side of passkeys: what is asked of a browser, and whether its answer is right."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lawcrm.accounts.models import Passkey, User
from lawcrm.accounts.models.passkeys import LONGEST_ID, TRANSPORTS

# Milliseconds a person has for a finger, a face or a number; the challenge lives no longer.
PATIENCE = 120_000
VERIFIED = UserVerificationRequirement.REQUIRED


class WrongAnswer(Exception):
    """The browser's answer is not what this challenge of this person could bring."""


@dataclass(frozen=True)
class Made:
    """A passkey as a browser made it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


def domain() -> str:
    """What passkeys are bound to: the host of SITE_URL. Under another name they neither show nor work."""
    return urlsplit(settings.SITE_URL).hostname or ""


def origin() -> str:
    parts = urlsplit(settings.SITE_URL)
    return f"{parts.scheme}://{parts.netloc}".removesuffix(":443" if parts.scheme == "https" else ":80")


def site() -> dict[str, str]:
    """For pages with a passkey button: where it works."""
    return {"domain": domain(), "origin": origin()}


def options_to_make(user: User, held: Iterable[Passkey]) -> dict[str, Any]:
    options = webauthn.generate_registration_options(
        rp_id=domain(),
        rp_name=settings.OTP_TOTP_ISSUER,
        user_id=user.public_id.bytes,
        user_name=user.email,
        user_display_name=user.full_name,
        timeout=PATIENCE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            user_verification=VERIFIED, resident_key=ResidentKeyRequirement.PREFERRED
        ),
        exclude_credentials=_described(held),
    )
    return options_to_json_dict(options)


def options_to_give(held: Iterable[Passkey]) -> dict[str, Any]:
    options = webauthn.generate_authentication_options(
        rp_id=domain(),
        timeout=PATIENCE,
        user_verification=VERIFIED,
        allow_credentials=_described(held),
    )
    return options_to_json_dict(options)


def made(answer: dict[str, Any], challenge: str) -> Made:
    """The new passkey; raises WrongAnswer."""
    try:
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=domain(),
            expected_origin=origin(),
            require_user_verification=True,
        )
    except _BROKEN as reason:
        raise WrongAnswer from reason
    if len(verified.credential_id) > LONGEST_ID:
        raise WrongAnswer
    said = answer["response"].get("transports")
    transports = sorted(TRANSPORTS.intersection(filter(_is_text, said if isinstance(said, list) else [])))
    return Made(verified.credential_id, verified.credential_public_key, verified.sign_count, transports)


def id_in(answer: dict[str, Any]) -> bytes:
    """Which passkey answers; raises WrongAnswer."""
    try:
        return base64url_to_bytes(answer["id"])
    except _BROKEN as reason:
        raise WrongAnswer from reason


def count_given(answer: dict[str, Any], challenge: str, passkey: Passkey) -> int:
    """The passkey's counter after a right answer, whatever it was before; raises WrongAnswer."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=domain(),
            expected_origin=origin(),
            credential_public_key=bytes(passkey.public_key),
            # Judged by the caller, who tells a copy from a wrong answer: only a right signature proves a copy.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        handle = answer["response"].get("userHandle")
    except _BROKEN as reason:
        raise WrongAnswer from reason
    if handle and handle != bytes_to_base64url(passkey.user.public_id.bytes):
        raise WrongAnswer
    return verified.new_sign_count


# What the library raises for answers bent by hand, beside its own exceptions.
_BROKEN = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _described(held: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    """Without transports, so that a browser offers every way it knows to reach the passkey."""
    return [PublicKeyCredentialDescriptor(id=bytes(passkey.credential_id)) for passkey in held]
