"""Legal holds: what must not be erased, whatever its retention says."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models import Matter

USER = settings.AUTH_USER_MODEL


class Hold(models.Model):
    """Stops the erasure of one matter or one contact; the database refuses to delete what is held."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    placed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    placed_at = models.DateTimeField(_("placed at"))
    released_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    released_at = models.DateTimeField(_("released at"), null=True)
    release_reason = models.CharField(_("reason for the release"), max_length=300, blank=True)

    need_to_know = "self"
    sight = access.FlagSight("privacy")
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"reason": "matter_content", "release_reason": "matter_content"},
        none=["id", "public_id", "matter", "contact", "placed_by", "placed_at", "released_by", "released_at"],
        purpose="accountability",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        default_permissions = ()
        permissions = [
            ("place_hold", "Place and release a hold"),
            ("restrict_person", "Restrict processing of a person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(matter__isnull=True) ^ models.Q(contact__isnull=True), name="privacy_hold_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"
