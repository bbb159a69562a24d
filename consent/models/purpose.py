"""What data is used for, and the exact words in which people are asked."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import audit
from lawcrm.personal_data import PersonalData


class Purpose(models.Model):
    """A purpose of processing with its legal basis (Art. 6 (1) GDPR)."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Consent, Art. 6 (1) (a)")
        CONTRACT = "contract", _("Contract, Art. 6 (1) (b)")
        OBLIGATION = "obligation", _("Legal obligation, Art. 6 (1) (c)")
        VITAL = "vital", _("Vital interests, Art. 6 (1) (d)")
        PUBLIC_TASK = "public_task", _("Public task, Art. 6 (1) (e)")
        LEGITIMATE = "legitimate", _("Legitimate interests, Art. 6 (1) (f)")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    basis = models.CharField(_("legal basis"), max_length=12, choices=Basis)
    is_active = models.BooleanField(_("in use"), default=True)

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        fields={},
        none=["id", "public_id", "code", "name", "basis", "is_active"],
        purpose="consent_management",
        retention="settings",
        erase="keep",
    )

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        default_permissions = ()
        permissions = [("manage_purposes", "Manage purposes and their wording")]

    def __str__(self) -> str:
        return self.code


class Wording(models.Model):
    """One version of the question in one language; never edited, since consents point at it (Art. 7 (1))."""

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="wordings")
    language = models.CharField(_("language"), max_length=5)
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("wording"))
    valid_from = models.DateTimeField(_("in use since"))

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        fields={},
        none=["id", "purpose", "language", "version", "text", "valid_from"],
        purpose="consent_management",
        retention="settings",
        erase="keep",
    )

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="consent_wording_once"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id}/{self.language}/{self.version}"
