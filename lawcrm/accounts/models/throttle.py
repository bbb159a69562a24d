"""Failed attempts, counted where they survive a restart and a flushed cache."""

from django.db import models

from lawcrm.personal_data import PersonalData


class Throttle(models.Model):
    """One counter; the key is a keyed hash, so that the table names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)

    personal_data = PersonalData(subject="none", none=["key", "failures", "last_at", "blocked_until"])

    class Meta:
        db_table = "accounts_throttle"

    def __str__(self) -> str:
        return "throttle"
