"""A stream encrypted in chunks, each bound to its place, so that a cut, a swap or a flipped bit is found."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 64 * 1024
TAG_BYTES = 16


class Source(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True)
class Lock:
    """What encrypts one stream: a key of its own, and what every chunk is bound to."""

    cipher: AESGCM
    bound_to: bytes

    def seal(self, number: int, chunk: bytes, *, last: bool) -> bytes:
        return self.cipher.encrypt(_nonce(number, last=last), chunk, self.bound_to)

    def open(self, number: int, chunk: bytes, *, last: bool) -> bytes:
        return self.cipher.decrypt(_nonce(number, last=last), chunk, self.bound_to)


def _nonce(number: int, *, last: bool) -> bytes:
    """Place and end of the stream are in the nonce; it never repeats because each stream has its own key."""
    return number.to_bytes(11) + bytes([last])


def chunks(stream: Source, length: int) -> Iterator[tuple[bytes, bool]]:
    """Full chunks and whether each is the last; an empty stream is one empty last chunk."""
    chunk = read_full(stream, length)
    while True:
        following = read_full(stream, length) if len(chunk) == length else b""
        yield chunk, not following
        if not following:
            return
        chunk = following


def read_full(stream: Source, length: int) -> bytes:
    parts, missing = [], length
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


class Opened(io.RawIOBase):
    """The plain content of a sealed stream, decrypted chunk by chunk; raises `broken()` where it does not open."""

    def __init__(self, sealed: BinaryIO, lock: Lock, broken: Callable[[], Exception]) -> None:
        self._sealed = sealed
        self._plain = self._decrypt(lock, broken)
        self._rest = b""

    def _decrypt(self, lock: Lock, broken: Callable[[], Exception]) -> Iterator[bytes]:
        for number, (chunk, last) in enumerate(chunks(self._sealed, CHUNK + TAG_BYTES)):
            try:
                yield lock.open(number, chunk, last=last)
            except (InvalidTag, ValueError):
                raise broken() from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        while not self._rest:
            following = next(self._plain, None)
            if following is None:
                return 0
            self._rest = following
        part = self._rest[: len(buffer)]
        buffer[: len(part)] = part
        self._rest = self._rest[len(part) :]
        return len(part)

    def close(self) -> None:
        self._sealed.close()
        super().close()
