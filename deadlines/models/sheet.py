"""A control sheet that somebody went through and signed."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData

USER = settings.AUTH_USER_MODEL


class SignedSheet(models.Model):
    """What stood on the sheet as it was signed: `record` is frozen, and its hash stands in the journal.

    It is about one person's deadlines or about all; its figures are those of what the signer may see, and are shown to
    nobody else but who answers for the journal.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    day = models.DateField(_("day"))
    about = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("whose deadlines")
    )
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    open_ones = models.PositiveIntegerField(_("still open"))
    note = models.CharField(_("what will be done"), max_length=300, blank=True)
    record = models.JSONField()

    need_to_know = "self"
    sight = access.OwnSight("signed_by_id", flag="journal")
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="staff",
        path="signed_by",
        fields={"signed_by": "technical", "about": "technical", "note": "free_text", "record": "technical"},
        none=["public_id", "day", "signed_at", "open_ones"],
        purpose="case_handling",
        retention="journal",
        erase="keep",
    )

    class Meta:
        verbose_name = _("signed control sheet")
        verbose_name_plural = _("signed control sheets")
        default_permissions = ()
        indexes = [models.Index(fields=["signed_by", "day"], name="deadlines_sheet_signed")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(open_ones=0) | ~models.Q(note=""), name="deadlines_sheet_says_what_is_done"
            ),
        ]

    def __str__(self) -> str:
        return f"control sheet {self.pk}"
