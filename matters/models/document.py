"""Files of a matter, encrypted on disk under the matter's key."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models.communication import Communication
from matters.models.confidentiality import confidentiality_column
from matters.models.matter import Matter


class Document(models.Model):
    """One stored file; `stored_name` is random and says nothing about the content."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="documents")
    communication = models.ForeignKey(
        Communication, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    sealed_for = models.UUIDField(editable=False)
    confidentiality = confidentiality_column()
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(_("type"), max_length=120, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    sha256 = models.BinaryField(max_length=32, editable=False)
    stored_name = models.CharField(max_length=120, unique=True, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    # Binds a stored file to this model: see lawcrm.crypto.files.
    stored_file_label = "matters.document"

    need_to_know = "matter"
    narrowed_by = "confidentiality"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"name": "matter_content", "sha256": "technical", "size": "technical"},
        none=[
            "id",
            "public_id",
            "matter",
            "communication",
            "sealed_for",
            "confidentiality",
            "media_type",
            "stored_name",
            "added_by",
            "added_at",
        ],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        default_permissions = ()
        indexes = [models.Index(fields=["matter", "-added_at", "-id"], name="matters_document_when")]

    def __str__(self) -> str:
        return f"document {self.pk}"
