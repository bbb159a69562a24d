"""When somebody is away, and who stands in."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import audit
from lawcrm.personal_data import PersonalData

USER = settings.AUTH_USER_MODEL


class Absence(models.Model):
    """From the first to the last day; why somebody is away is nobody's business here."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="absences", verbose_name=_("who"))
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    deputy = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    entered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="staff",
        path="person",
        fields={"person": "technical", "first_on": "technical", "last_on": "technical", "deputy": "technical"},
        none=["public_id", "entered_by"],
        purpose="case_handling",
        retention="staff",
        erase="delete",
    )

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        default_permissions = ()
        permissions = [("keep_absences", "Enter when other people are away")]
        indexes = [models.Index(fields=["last_on", "person"], name="deadlines_absence_last")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="deadlines_absence_in_order"
            ),
            # Nobody stands in for themselves.
            models.CheckConstraint(
                condition=models.Q(deputy=None) | ~models.Q(deputy=models.F("person")), name="deadlines_absence_deputy"
            ),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"
