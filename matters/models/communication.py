"""What was said and written in a matter: mail, call, meeting, letter."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.crypto.fields import SealedTextField
from lawcrm.personal_data import PersonalData
from matters.models.confidentiality import confidentiality_column
from matters.models.matter import Matter


class Communication(models.Model):
    """One exchange; its body is sealed under the matter's key, its subject is plain for the list."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("E-mail")
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        LETTER = "letter", _("Letter")

    class Direction(models.TextChoices):
        IN = "in", _("Received")
        OUT = "out", _("Sent")
        NONE = "none", _("Neither")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="communications")
    sealed_for = models.UUIDField(editable=False)
    confidentiality = confidentiality_column()
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction, default=Direction.NONE)
    happened_at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    counterpart = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("with")
    )
    subject = models.CharField(_("subject"), max_length=200)
    body = SealedTextField(_("text"), owner="sealed_for", null=True, blank=True)
    # From, To, Cc and Date as they stood in the message; addresses of people who may be no contacts.
    envelope = SealedTextField(owner="sealed_for", null=True, editable=False)
    # SHA-256 of the raw message: filing the same mail twice in one matter is noticed.
    message_digest = models.BinaryField(max_length=32, null=True, editable=False)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    logged_at = models.DateTimeField(db_default=Now(), editable=False)

    need_to_know = "matter"
    narrowed_by = "confidentiality"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={
            "subject": "communication",
            "body": "communication",
            "envelope": "communication",
            "message_digest": "technical",
            "happened_at": "communication",
            "minutes": "communication",
            "direction": "communication",
        },
        none=[
            "id",
            "public_id",
            "matter",
            "sealed_for",
            "confidentiality",
            "kind",
            "counterpart",
            "logged_by",
            "logged_at",
        ],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("communication")
        verbose_name_plural = _("communications")
        default_permissions = ()
        indexes = [models.Index(fields=["matter", "-happened_at", "-id"], name="matters_communication_when")]
        constraints = [
            # Apart by confidentiality: else filing a mail would tell that it lies hidden in the matter.
            models.UniqueConstraint(
                fields=["matter", "message_digest", "confidentiality"], name="matters_communication_mail_once"
            ),
        ]

    def __str__(self) -> str:
        return f"communication {self.pk}"
