"""The journal of events, its seals, the record of redactions and the read log; all append-only."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm.audit.roots import TrailManager
from lawcrm.personal_data import PersonalData


class JournalEntry(models.Model):
    """An event about one object; `audit.record` writes it, a trigger numbers, dates, salts and chains it."""

    kind = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_public_id = models.UUIDField(null=True)
    # Number of the entry among those of its object, without gaps.
    position = models.IntegerField()
    actor_id = models.IntegerField(null=True)
    at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=20)
    request_id = models.CharField(max_length=40)
    matter_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    # {"reason": …, "facts": {…}}; redaction blanks it together with the salt and leaves the hash.
    payload = models.JSONField(null=True)
    salt = models.BinaryField(null=True)
    payload_hash = models.BinaryField()
    chain_hash = models.BinaryField()
    redacted_at = models.DateTimeField(null=True)

    objects: ClassVar[TrailManager] = TrailManager()

    personal_data = PersonalData(
        subject="staff",
        path="actor_id",
        fields={"actor_id": "technical", "request_id": "technical", "payload": "free_text"},
        none=[
            "kind",
            "object_type",
            "object_id",
            "object_public_id",
            "position",
            "at",
            "source",
            "matter_id",
            "contact_id",
            "salt",
            "payload_hash",
            "chain_hash",
            "redacted_at",
        ],
        purpose="accountability",
        retention="journal",
        erase="blank",
    )

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        default_permissions = ()
        permissions = [("view_journal", _("May see the whole journal"))]
        constraints = [
            # A chain that forks would prove nothing.
            models.UniqueConstraint(fields=["object_type", "object_id", "position"], name="journal_one_chain"),
        ]
        indexes = [
            models.Index(
                fields=["matter_id", "-at"], name="journal_matter", condition=models.Q(matter_id__isnull=False)
            ),
            models.Index(
                fields=["contact_id", "-at"], name="journal_contact", condition=models.Q(contact_id__isnull=False)
            ),
            models.Index(fields=["actor_id", "-at"], name="journal_actor"),
            models.Index(fields=["kind", "-at"], name="journal_kind"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"

    @property
    def reason(self) -> str:
        return str((self.payload or {}).get("reason", ""))

    @property
    def facts(self) -> dict[str, Any]:
        return dict((self.payload or {}).get("facts", {}))


class JournalSeal(models.Model):
    """A moment's state of all chains, chained to the seal before; a copy of the hash leaves the database."""

    at = models.DateTimeField()
    seal_hash = models.BinaryField()

    personal_data = PersonalData(subject="none", none=["at", "seal_hash"])

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"seal {self.pk}"


class SealedTail(models.Model):
    """The last entry of an object's chain when a seal was made; only chains that grew since the seal before."""

    seal = models.ForeignKey(JournalSeal, on_delete=models.PROTECT, related_name="tails")
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    position = models.IntegerField()
    chain_hash = models.BinaryField()

    personal_data = PersonalData(subject="none", none=["seal", "object_type", "object_id", "position", "chain_hash"])

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["object_type", "object_id", "position"], name="sealed_tail_once"),
        ]

    def __str__(self) -> str:
        return f"tail {self.pk}"


class Redaction(models.Model):
    """That something of the trail was blanked or deleted: written by the database function that did it."""

    table_name = models.CharField(max_length=100)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    rows = models.IntegerField()
    reason = models.TextField()
    actor_id = models.IntegerField(null=True)
    at = models.DateTimeField()

    personal_data = PersonalData(
        subject="staff",
        path="actor_id",
        fields={"actor_id": "technical", "reason": "free_text"},
        none=["table_name", "object_type", "object_id", "rows", "at"],
        purpose="accountability",
        retention="journal",
        erase="keep",
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["object_type", "object_id"], name="redaction_object")]

    def __str__(self) -> str:
        return f"redaction {self.pk}"


class ReadEntry(models.Model):
    """That a person was shown an object: a page, a download, an export."""

    user_id = models.IntegerField()
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    matter_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=40)
    at = models.DateTimeField()
    request_id = models.CharField(max_length=40)
    # The break-glass without which the reader would not have seen it.
    break_glass_id = models.BigIntegerField(null=True)

    objects: ClassVar[TrailManager] = TrailManager()

    personal_data = PersonalData(
        subject="staff",
        path="user_id",
        fields={"user_id": "technical", "at": "technical", "request_id": "technical"},
        none=["object_type", "object_id", "matter_id", "contact_id", "what", "break_glass_id"],
        purpose="accountability",
        retention="read_log",
        erase="delete",
    )

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("read log")
        default_permissions = ()
        constraints = [
            # Once per page, however often its parts ask.
            models.UniqueConstraint(
                fields=["request_id", "user_id", "object_type", "object_id", "what"],
                name="read_once_per_request",
                condition=~models.Q(request_id=""),
            ),
        ]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="read_object"),
            models.Index(fields=["user_id", "-at"], name="read_reader"),
            models.Index(fields=["-at"], name="read_at"),
            models.Index(fields=["matter_id", "-at"], name="read_matter", condition=models.Q(matter_id__isnull=False)),
            models.Index(
                fields=["contact_id", "-at"], name="read_contact", condition=models.Q(contact_id__isnull=False)
            ),
            # Exports, downloads and sealed parts are few among pages.
            models.Index(fields=["what", "-at"], name="read_beyond_pages", condition=~models.Q(what="page")),
            models.Index(
                fields=["break_glass_id", "-at"], name="read_glass", condition=models.Q(break_glass_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"reading {self.pk}"
