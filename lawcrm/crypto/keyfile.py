"""The file of master keys: JSON of version and base64, `{"1": "<32 bytes>"}`; needs no settings."""

import base64
import binascii
import json
import os
import secrets
import sys
from pathlib import Path

from lawcrm.crypto.errors import KeyFileUnusable

KEY_BYTES = 32
LEAST_VARIETY = 12  # 32 random bytes have fewer different ones about once in 10^20 files


def parse(text: str) -> dict[int, bytes]:
    """Keys by version; raises KeyFileUnusable, whose sentence never quotes the file."""
    try:
        keys = {int(version): base64.b64decode(key, validate=True) for version, key in json.loads(text).items()}
    except (ValueError, AttributeError, TypeError, binascii.Error):
        raise KeyFileUnusable("The master key file cannot be read.") from None
    refuse_weak(keys)
    return keys


def dump(keys: dict[int, bytes]) -> str:
    return json.dumps({str(version): base64.b64encode(key).decode() for version, key in sorted(keys.items())})


def refuse_weak(keys: dict[int, bytes]) -> None:
    if not keys:
        raise KeyFileUnusable("No master key is set.")
    for version, key in keys.items():
        if version < 1 or not isinstance(key, bytes) or len(key) != KEY_BYTES or len(set(key)) < LEAST_VARIETY:
            raise KeyFileUnusable(f"Master key version {version} is not 32 random bytes.")


def with_new_key(keys: dict[int, bytes]) -> dict[int, bytes]:
    return {**keys, max(keys, default=0) + 1: secrets.token_bytes(KEY_BYTES)}


def write_new(path: Path, keys: dict[int, bytes]) -> None:
    """Write for the owner of the file only; raises FileExistsError rather than overwrite any key."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(dump(keys) + "\n")
        out.flush()
        os.fsync(out.fileno())


def main(arguments: list[str]) -> None:
    """`python -m lawcrm.crypto.keyfile NEW [OLD]`: a new key in the file NEW, after those of OLD."""
    if not arguments:
        raise SystemExit(main.__doc__)
    old = parse(Path(arguments[1]).read_text(encoding="utf-8")) if len(arguments) > 1 else {}
    try:
        write_new(Path(arguments[0]), with_new_key(old))
    except FileExistsError:
        raise SystemExit(f"{arguments[0]} exists and is not overwritten.") from None


if __name__ == "__main__":
    main(sys.argv[1:])
