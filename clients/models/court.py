"""Courts and authorities, whose seat decides which public holidays count."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.contact import Contact
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData


class Court(models.Model):
    """A directory entry that sits somewhere: periods end by the calendar of the seat, not of the firm.

    BGH VI ZA 27/11; for Switzerland Art. 142 (3) ZPO.
    """

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="court")
    country = models.CharField(_("country of the seat"), max_length=2)
    subdivision = models.CharField(_("state or region of the seat"), max_length=6, blank=True)
    seat = models.CharField(_("seat"), max_length=100)
    level = models.CharField(_("level"), max_length=60, blank=True)

    need_to_know = "contact"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        fields={},
        none=["id", "contact", "country", "subdivision", "seat", "level"],
        purpose="client_relations",
        retention="directory",
        erase="keep",
    )

    class Meta:
        verbose_name = _("court or authority")
        verbose_name_plural = _("courts and authorities")
        default_permissions = ()

    def __str__(self) -> str:
        return f"court {self.pk}"

    @property
    def place(self) -> str:
        """DE-BY, or DE where the part of the country is not known."""
        parts = (self.country, self.subdivision.rpartition("-")[2])
        return "-".join(part.upper() for part in parts if part)
