"""Requests that were refused: who asked, under which address, and how it was answered; not what was asked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access
from lawcrm.personal_data import PersonalData


class RefusedRequest(models.Model):
    """Hidden and missing write the same row, so that the table tells no more than the answer did; append-only."""

    # None when nobody has the address somebody tried to sign in with.
    user_id = models.IntegerField(null=True)
    url_name = models.CharField(max_length=80)
    status = models.SmallIntegerField()
    # Tells within one month whether two requests came from one network, and not from which.
    network = models.CharField(max_length=12)
    request_id = models.CharField(max_length=40)
    at = models.DateTimeField()

    need_to_know = "self"
    sight = access.FlagSight("journal")
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="staff",
        path="user_id",
        fields={"user_id": "technical", "network": "technical", "request_id": "technical", "at": "technical"},
        none=["url_name", "status"],
        purpose="security",
        retention="refusals",
        erase="delete",
    )

    class Meta:
        verbose_name = _("refused request")
        verbose_name_plural = _("refused requests")
        default_permissions = ()
        indexes = [
            models.Index(fields=["-at", "-id"], name="refusal_at"),
            models.Index(fields=["user_id", "-at", "-id"], name="refusal_person"),
        ]

    def __str__(self) -> str:
        return f"refusal {self.pk}"
