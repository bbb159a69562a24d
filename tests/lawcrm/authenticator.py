"""An authenticator in software: makes passkeys and answers challenges as a browser would hand them on."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as text

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey. `origin` is the site the browser is on, whatever the challenge came from."""

    origin: str = "http://localhost:8000"
    domain: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    counts: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def make(self, options: dict[str, Any], **changed: Any) -> str:
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        told = self._data(WITH_KEY) + bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(cose)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told})
        response = {"attestationObject": text(attestation), "transports": ["internal", "hybrid", "telepathy"]}
        return self._answer("webauthn.create", options, response, changed)

    def give(self, options: dict[str, Any], *, handle: bytes | None = None, **changed: Any) -> str:
        self.count += self.counts
        told = self._data(0)
        client = self._client("webauthn.get", options, changed)
        signature = self.key.sign(told + sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"authenticatorData": text(told), "signature": text(signature)}
        if handle is not None:
            response["userHandle"] = text(handle)
        return self._answer("webauthn.get", options, response, changed)

    def _data(self, flags: int) -> bytes:
        return sha256(self.domain.encode()).digest() + bytes([self.flags | flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, options: dict[str, Any], changed: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps({**told, **changed}).encode()

    def _answer(self, kind: str, options: dict[str, Any], response: dict[str, Any], changed: dict[str, Any]) -> str:
        client = self._client(kind, options, changed)
        response["clientDataJSON"] = text(client)
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})
