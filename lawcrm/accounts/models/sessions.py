"""Signed-in devices."""

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm.personal_data import PersonalData


class DeviceSession(AbstractBaseSession):
    """A session; the key is a hash of the cookie's, so that a copy of the table signs nobody in."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(_("device"), max_length=100, blank=True)
    verified = models.BooleanField(_("second factor given"), default=False)
    created_at = models.DateTimeField(_("signed in"))
    last_seen_at = models.DateTimeField(_("last used"))

    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={
            "session_key": "credential",
            "session_data": "technical",
            "user": "technical",
            "device": "technical",
            "created_at": "technical",
            "last_seen_at": "technical",
        },
        none=["expire_date", "verified"],
        purpose="security",
        retention="session",
        erase="delete",
    )

    class Meta:
        db_table = "accounts_devicesession"
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return "session"
