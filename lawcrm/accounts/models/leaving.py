"""What stays of a leaving: who ended what, when and why, in numbers."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models.people import User
from lawcrm.personal_data import PersonalData


class LeavingRecord(models.Model):
    """One act: access ended, a function changed, duties handed over. Never changed; the journal holds its hash."""

    class Kind(models.TextChoices):
        LEFT = "left", _("Access ended")
        CHANGED = "changed", _("Function changed")
        HANDED_OVER = "handed_over", _("Duties handed over")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="leaving_records")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    successor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # Empty when the account's last day was over and the job did it.
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("when"))
    reason = models.CharField(_("reason"), max_length=500)
    record = models.JSONField()

    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={
            "user": "technical",
            "kind": "technical",
            "successor": "technical",
            "done_by": "technical",
            "done_at": "technical",
            "reason": "free_text",
            "record": "technical",
        },
        none=["public_id"],
        purpose="accountability",
        retention="journal",
        erase="keep",
    )

    class Meta:
        verbose_name = _("record of leaving")
        verbose_name_plural = _("records of leaving")
        default_permissions = ()
        indexes = [models.Index(fields=["user", "-id"], name="accounts_leaving_of")]

    def __str__(self) -> str:
        return f"leaving {self.pk}"
