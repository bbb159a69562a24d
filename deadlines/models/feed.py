"""The addresses under which people's calendar programs fetch their deadlines."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access
from lawcrm.personal_data import PersonalData


class CalendarFeed(models.Model):
    """One address; of its token only the SHA-256 is kept, so that a copy of the table opens no calendar."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(_("for which device"), max_length=60)
    with_titles = models.BooleanField(_("show what must be done"), default=False)
    made_at = models.DateTimeField(_("made"))
    last_used_at = models.DateTimeField(_("last fetched"), null=True, editable=False)
    # The mark of what was handed out last: the same again is no new reading.
    handed = models.CharField(max_length=64, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    need_to_know = "self"
    sight = access.OwnSight("user_id")
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={
            "user": "technical",
            "digest": "credential",
            "name": "free_text",
            "made_at": "technical",
            "last_used_at": "technical",
            "revoked_at": "technical",
        },
        none=["id", "public_id", "with_titles", "handed"],
        purpose="case_handling",
        retention="staff",
        erase="delete",
    )

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        default_permissions = ()
        indexes = [
            models.Index(fields=["user", "made_at"], name="deadlines_feed_live", condition=models.Q(revoked_at=None)),
        ]

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"
