"""The content of a master key file, readable before Django's settings are complete."""

import base64
import binascii
import json

from lawcrm.crypto.errors import CryptoUnusable

KEY_BYTES = 32
ADVICE = (
    'A master key file is JSON of version and base64 of 32 bytes, {"1": "…"};'
    " make one with `manage.py crypto new-master-key`."
)


def parse(text: str) -> dict[int, bytes]:
    """Keys by version from the content of a master key file, `{"1": "<base64 of 32 bytes>"}`."""
    try:
        keys = {int(version): base64.b64decode(key, validate=True) for version, key in json.loads(text).items()}
    except (ValueError, AttributeError, TypeError, binascii.Error):
        # The parser's own message would quote the file.
        raise CryptoUnusable(f"The master key file cannot be read. {ADVICE}") from None
    refuse_weak(keys)
    return keys


def dump(keys: dict[int, bytes]) -> str:
    return json.dumps({str(version): base64.b64encode(key).decode() for version, key in sorted(keys.items())})


def refuse_weak(keys: dict[int, bytes]) -> None:
    if not keys:
        raise CryptoUnusable(f"No master key is set. {ADVICE}")
    for version, key in keys.items():
        if version < 1 or not isinstance(key, bytes) or len(key) != KEY_BYTES or len(set(key)) < KEY_BYTES // 4:
            raise CryptoUnusable(f"Master key version {version} is not 32 random bytes. {ADVICE}")
