"""One row per scheduled job and slot: that it ran, how often it was tried, how it ended."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm.personal_data import PersonalData


class JobRun(models.Model):
    """A slot of a job; the row is the claim, so that any number of beats and workers run it once."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed, will be tried again")
        PARKED = "parked", _("given up")

    job = models.CharField(_("job"), max_length=60)
    slot = models.DateTimeField(_("slot"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, default=Outcome.RUNNING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=1)
    missed = models.PositiveIntegerField(_("slots missed before"), default=0)
    handled = models.BigIntegerField(_("handled"), null=True, blank=True)
    error_class = models.CharField(_("error"), max_length=100, blank=True)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    lease_until = models.DateTimeField(_("claimed until"))

    personal_data = PersonalData(
        subject="none",
        none=[
            *("job", "slot", "outcome", "attempts", "missed", "handled", "error_class"),
            *("started_at", "finished_at", "lease_until"),
        ],
    )

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        default_permissions = ()
        permissions = [("view_status", "Can see the state of jobs and outgoing mail")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # One run per slot whatever the number of beats.
            models.UniqueConstraint(fields=["job", "slot"], name="job_slot_once"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.job}"
