"""The ledger of consent: events are only added, the consent row is where they have led."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from consent.models.purpose import Purpose, Wording
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData


class Consent(models.Model):
    """Whether one person now agrees to one purpose."""

    class State(models.TextChoices):
        GIVEN = "given", _("Given")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="consents")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State)
    changed_at = models.DateTimeField(_("since"))

    need_to_know = "contact"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="contact",
        path="contact",
        fields={"state": "technical", "changed_at": "technical"},
        none=["id", "public_id", "contact", "purpose"],
        purpose="consent_management",
        retention="consent",
        erase="delete",
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ("view",)
        permissions = [("record_consent", "Record or withdraw a consent")]
        constraints = [
            # Twenty-four submissions at once must still leave one answer to "may we?".
            models.UniqueConstraint(fields=["contact", "purpose"], name="consent_one_per_purpose"),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"


class ConsentEvent(models.Model):
    """What happened: given or withdrawn, in which words, by which channel, taken down by whom."""

    class Kind(models.TextChoices):
        GIVEN = "given", _("Given")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Channel(models.TextChoices):
        PAPER = "paper", _("On paper")
        SPOKEN = "spoken", _("Spoken")
        MAIL = "mail", _("By e-mail")
        WEB = "web", _("On a web page")
        LINK = "link", _("Through the link in a message")

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="events")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("event"), max_length=10, choices=Kind)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    happened_at = models.DateTimeField(_("when"))
    evidence = models.CharField(_("where the proof is"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    need_to_know = "contact"
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="contact",
        path="contact",
        fields={"kind": "technical", "channel": "technical", "happened_at": "technical", "evidence": "free_text"},
        none=["id", "consent", "contact", "wording", "recorded_by"],
        purpose="consent_management",
        retention="consent",
        erase="delete",
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["consent", "-happened_at"], name="consent_event_when")]

    def __str__(self) -> str:
        return f"consent event {self.pk}"
