"""One row per thing, recipient and kind that must be told to somebody outside."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lawcrm.personal_data import PersonalData


class OutboxMessage(models.Model):
    """What is to be sent, by ids alone: address, subject and text are built at the moment of sending."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        CLAIMED = "claimed", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNCONFIRMED = "unconfirmed", _("unconfirmed")
        CANCELLED = "cancelled", _("cancelled")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    thing_id = models.BigIntegerField(_("thing"))
    dedupe = models.CharField(_("occasion"), max_length=80, blank=True)
    recipient_type = models.CharField(_("recipient's type"), max_length=20)
    recipient_id = models.BigIntegerField(_("recipient"))
    matter_id = models.BigIntegerField(_("matter"), null=True, blank=True)
    contact_id = models.BigIntegerField(_("contact"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(_("reason code"), max_length=60, blank=True)
    not_before = models.DateTimeField(_("not before"))
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    personal_data = PersonalData(
        subject="contact",
        path="contact_id",
        fields={"recipient_id": "technical"},
        none=[
            *("public_id", "kind", "thing_id", "dedupe", "recipient_type", "matter_id", "contact_id", "state"),
            *("reason", "not_before", "lease_until", "attempts", "sent_at", "created_at"),
        ],
        purpose="telling people what concerns them",
        retention="outbox",
        erase="delete",
    )

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        default_permissions = ()
        permissions = [("settle_outbox", "Can send again or give up a message")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The same thing is told to the same recipient once, whoever asks and however often.
            models.UniqueConstraint(
                fields=["kind", "thing_id", "recipient_type", "recipient_id", "dedupe"], name="outbox_message_once"
            ),
            # An occasion is a code; an address or a name cannot be written here.
            models.CheckConstraint(
                condition=models.Q(dedupe__regex=r"^[a-z0-9.:_-]*$"), name="outbox_dedupe_is_a_code"
            ),
            # Only a claimed row has a lease: who died with it is found by the lease alone.
            models.CheckConstraint(
                condition=models.Q(state="claimed", lease_until__isnull=False)
                | ~models.Q(state="claimed") & models.Q(lease_until__isnull=True),
                name="outbox_lease_when_claimed",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["not_before", "id"], condition=models.Q(state="queued"), name="outbox_due"),
            models.Index(
                fields=["state", "id"],
                condition=models.Q(state__in=["claimed", "unconfirmed", "failed"]),
                name="outbox_unsettled",
            ),
            models.Index(fields=["matter_id"], condition=models.Q(matter_id__isnull=False), name="outbox_matter"),
            models.Index(fields=["contact_id"], condition=models.Q(contact_id__isnull=False), name="outbox_contact"),
        ]

    def __str__(self) -> str:
        return f"outgoing message {self.pk}"

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that a receiving system can tell a repetition."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        return f"<{self.public_id}@{domain}>"
