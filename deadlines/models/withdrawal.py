"""What the firm says in its books of rules and days: it may be taken back and is never deleted."""

import uuid

from django.conf import settings
from django.db import models


class Withdrawable(models.Model):
    """Counts while `withdrawn_at` is empty."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
