"""A follow-up that comes again."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models import Matter

USER = settings.AUTH_USER_MODEL


class Series(models.Model):
    """`rule` is of the part of RFC 5545 that deadlines.recurrence knows; at most one follow-up of it is open."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(_("comes again"), max_length=100)
    starts_on = models.DateField(_("first day"))
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    need_to_know = "matter"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"starts_on": "matter_content"},
        none=["id", "public_id", "matter", "rule", "made_by", "ended_at"],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("recurring follow-up")
        verbose_name_plural = _("recurring follow-ups")
        default_permissions = ()

    def __str__(self) -> str:
        return f"series {self.pk}"
