"""Wrapped keys, in a database of their own."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm.personal_data import PersonalData


class MasterKey(models.Model):
    """A master key version in use; the fingerprint (HMAC) tells a wrong key of the right version."""

    version = models.PositiveIntegerField(primary_key=True)
    fingerprint = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(auto_now_add=True)

    personal_data = PersonalData(subject="none", none=["version", "fingerprint", "made_at"])

    class Meta:
        verbose_name = _("master key")
        verbose_name_plural = _("master keys")

    def __str__(self) -> str:
        return f"master key {self.version}"


class WrappedKey(models.Model):
    """A random 256-bit key, encrypted under a master key."""

    master_version = models.PositiveIntegerField()
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class DataKey(WrappedKey):
    """The key of one person or matter. The row outlives the key: it says that no other may be made."""

    owner = models.UUIDField(primary_key=True)
    destroyed_at = models.DateTimeField(null=True)

    # Kept for ever: the row is what keeps a key from being made again.
    personal_data = PersonalData(
        # Whose key it is says a random id alone; the database of keys is a store of its own in the data map.
        subject="none",
        none=["owner", "master_version", "wrapped", "made_at", "destroyed_at"],
    )

    class Meta:
        verbose_name = _("data key")
        verbose_name_plural = _("data keys")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=True, destroyed_at__isnull=False)
                | models.Q(wrapped__isnull=False, destroyed_at__isnull=True),
                name="crypto_datakey_wrapped_or_destroyed",
            ),
        ]
        # Rotation looks for the rows that are not yet under the newest master key.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["master_version", "owner"],
                name="crypto_datakey_live",
                condition=models.Q(wrapped__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"data key {self.owner}"

    @property
    def purpose(self) -> bytes:
        """Bound into the wrapping, so that one row's key cannot be put in another's place."""
        return b"data key " + self.owner.bytes


class IndexKey(WrappedKey):
    """One generation of the key behind all blind indexes; two live side by side while reindexing."""

    generation = models.PositiveIntegerField(primary_key=True)

    personal_data = PersonalData(subject="none", none=["generation", "master_version", "wrapped", "made_at"])

    class Meta:
        verbose_name = _("index key")
        verbose_name_plural = _("index keys")

    def __str__(self) -> str:
        return f"index key {self.generation}"

    @property
    def purpose(self) -> bytes:
        return b"index key %d" % self.generation
