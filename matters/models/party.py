"""Who takes part in a matter, and as what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models.matter import Matter


class Party(models.Model):
    """A contact in a role; through it the matter's team sees the contact.

    Neither side cascades in the database: the sight triggers must see a party leave
    before its matter is gone.
    """

    class Role(models.TextChoices):
        CLIENT = "client", _("Client")
        ADVERSE = "adverse", _("Adverse party")
        ADVERSE_COUNSEL = "adverse_counsel", _("Opposing counsel")
        COURT = "court", _("Court or authority")
        WITNESS = "witness", _("Witness")
        INSURER = "insurer", _("Insurer")
        THIRD = "third", _("Third party")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="parties")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    reference = models.CharField(_("their reference"), max_length=60, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    need_to_know = "matter"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="contact",
        path="contact",
        fields={
            "role": "matter_content",
            "reference": "matter_content",
            "since": "matter_content",
            "until": "matter_content",
        },
        none=["id", "matter", "contact"],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        default_permissions = ()
        constraints = [
            # One contact may be client and insurer, but not twice the same thing at once.
            models.UniqueConstraint(fields=["matter", "contact", "role"], name="matters_party_once"),
        ]
        indexes = [
            models.Index(fields=["contact", "matter"], name="matters_party_by_contact"),
            models.Index(fields=["contact", "-since", "-id"], name="matters_party_latest"),
        ]

    def __str__(self) -> str:
        return f"party {self.pk}"
