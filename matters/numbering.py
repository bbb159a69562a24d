"""Numbers of matters: running ones, or such as tell nothing about how many others there are."""

import hashlib
import hmac
from uuid import UUID

# No I, L, O and U, so that a number survives the telephone (Crockford's base 32).
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PLACES = 6
HALF = 15  # bits; two halves make 32 ** 6
MASK = (1 << HALF) - 1
ROUNDS = 6


def number(pattern: str, *, year: int, running: int, key: UUID) -> str:
    """The number in the firm's form; `{random}` is the running one through a secret permutation of its year.

    It never comes twice, so that nothing is tried again and no collision tells that a hidden matter exists.
    """
    return pattern.format(year=year, number=running, random=scrambled(running, key))


def scrambled(running: int, key: UUID) -> str:
    """A Feistel network: whatever the rounds do, two running numbers never become the same."""
    left, right = running >> HALF & MASK, running & MASK
    for turn in range(ROUNDS):
        mixed = hmac.digest(key.bytes, bytes([turn, *right.to_bytes(2)]), hashlib.sha256)
        left, right = right, left ^ int.from_bytes(mixed[:2]) & MASK
    value = left << HALF | right
    return "".join(LETTERS[value >> 5 * place & 31] for place in reversed(range(PLACES)))
