"""Master keys: checked by fingerprint, used only to wrap data keys."""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.functional import cached_property

from lawcrm.crypto.errors import MasterKeyMissing, MasterKeyWrong
from lawcrm.crypto.keyfile import parse, refuse_weak
from lawcrm.crypto.models import MasterKey

__all__ = ["Secret", "configured", "current", "fingerprint", "key", "parse", "take_into_use", "unwrap", "wrap"]

NONCE_BYTES = 12


def configured() -> dict[int, bytes]:
    keys: dict[int, bytes] = getattr(settings, "MASTER_KEYS", None) or {}
    refuse_weak(keys)
    return keys


def key(version: int) -> bytes:
    try:
        return configured()[version]
    except KeyError:
        raise MasterKeyMissing(version) from None


def fingerprint(version: int) -> bytes:
    """Safe to store and to print: says whether a key is the same, nothing about it."""
    return hmac.digest(key(version), b"lawcrm master key %d" % version, "sha256")


def current() -> int:
    """The version new data keys are wrapped with: the newest one taken into use.

    A newer key in the file is idle until `crypto rotate` takes it into use, so that processes
    can be restarted with the new file one by one.
    """
    newest = MasterKey.objects.order_by("-version").first()
    if newest is None:
        return take_into_use(max(configured()))
    refuse_wrong(newest)
    return newest.version


def take_into_use(version: int) -> int:
    row, _made = MasterKey.objects.get_or_create(version=version, defaults={"fingerprint": fingerprint(version)})
    refuse_wrong(row)
    return version


def refuse_wrong(row: MasterKey) -> None:
    if not hmac.compare_digest(bytes(row.fingerprint), fingerprint(row.version)):
        raise MasterKeyWrong(row.version)


def wrap(secret: bytes, version: int, purpose: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key(version)).encrypt(nonce, secret, purpose)


def unwrap(wrapped: bytes, version: int, purpose: bytes) -> bytes:
    try:
        return AESGCM(key(version)).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], purpose)
    except InvalidTag:
        raise MasterKeyWrong(version) from None


class Secret:
    """An unwrapped key; its repr says nothing and it is never pickled."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self.raw)

    def __repr__(self) -> str:
        return "<secret>"

    def __reduce__(self) -> str:
        raise TypeError("a key is not pickled")
