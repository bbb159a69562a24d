"""Inner ids as a page may show them: ids count the rows of the whole firm, hidden ones included; marks do not.

A mark is the id under AES with a key per kind of row: the same for everybody, opened again without asking the
database, and of no order. It opens no row; whoever takes one looks among what the viewer sees.
"""

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.db.models import Model
from django.utils.crypto import salted_hmac

SALT = "lawcrm.marks"
BLOCK, ID = 16, 8


def mark(row: Model) -> str:
    return mark_of(row._meta.label_lower, row.pk)


def mark_of(kind: str, pk: int) -> str:
    return _cipher(kind).encryptor().update(pk.to_bytes(BLOCK)).hex()


def marked(model: type[Model], text: str) -> int:
    return id_of(model._meta.label_lower, text)


def id_of(kind: str, text: str) -> int:
    """0 for what is no mark of this kind: the upper half of the block is zero in every true one."""
    try:
        block = bytes.fromhex(text)
    except ValueError:
        return 0
    if len(block) != BLOCK:
        return 0
    pk = int.from_bytes(_cipher(kind).decryptor().update(block))
    return pk if pk < 1 << (8 * ID - 1) else 0


def _cipher(kind: str) -> "Cipher[ECB]":
    key = salted_hmac(SALT, kind, algorithm="sha256").digest()[:BLOCK]
    return Cipher(AES128(key), ECB())  # noqa: S305 - a single block, which is a permutation of ids
