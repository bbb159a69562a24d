"""What can go wrong with keys and sealed data, in sentences for the person who must act."""

from uuid import UUID

from django.core.exceptions import FieldError, ImproperlyConfigured


class CryptoUnusable(ImproperlyConfigured):
    """Keys are missing or wrong; nothing may start, and nothing is shown as empty."""


class KeyFileUnusable(CryptoUnusable, ValueError):
    """The master key file is absent, unreadable or weak."""

    def __init__(self, fault: str) -> None:
        super().__init__(
            f"{fault} The file is JSON of version and base64 of 32 random bytes; "
            "a first one is made by `python -m lawcrm.crypto.keyfile FILE`."
        )


class MasterKeyMissing(CryptoUnusable):
    def __init__(self, version: int) -> None:
        super().__init__(
            f"Master key version {version} is needed to read existing data but is not in the master key file. "
            "Put the file back from its escrow copy; without it sealed data stays unreadable."
        )


class MasterKeyWrong(CryptoUnusable):
    def __init__(self, version: int) -> None:
        super().__init__(
            f"Master key version {version} is not the key that wrapped the existing data keys. "
            "Put the right file back from its escrow copy."
        )


class SealBroken(RuntimeError):
    """A sealed value was altered, moved to another row or column, or cut; names only where, never what."""

    def __init__(self, label: str, pk: object) -> None:
        super().__init__(f"sealed value of {label} in row {pk} does not open: altered or moved")


class KeyDestroyed(RuntimeError):
    """The owner was erased: its data key is gone and is never made again."""

    def __init__(self, owner: UUID) -> None:
        super().__init__(f"the data key of {owner} was destroyed; nothing can be sealed for it again")


class KeyMissing(RuntimeError):
    """There is sealed data but no row for its key: the keys database is not the one that belongs to it."""

    def __init__(self, owner: UUID) -> None:
        super().__init__(f"no data key of {owner} in the keys database; is it the one that belongs to this data?")


class PlainTextRefused(FieldError):
    """Plain text, an expression or another row's ciphertext was about to reach SQL."""

    def __init__(self, label: str) -> None:
        super().__init__(f"{label} is sealed: write it with save() or bulk_create(), look it up by its blind index")


class SerializingRefused(TypeError):
    """Sealed text was about to leave through a serializer or a pickle."""

    def __init__(self, label: str) -> None:
        super().__init__(f"{label} is sealed and is not serialized")
