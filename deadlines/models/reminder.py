"""Reminders, made with the deadline in one transaction, so that none depends on a message arriving."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deadlines.models.deadline import Deadline
from lawcrm import access
from lawcrm.personal_data import PersonalData
from matters.models import Matter


class Reminder(models.Model):
    """One step of the ladder to one person; `handed_at` says when the outbox took it over.

    `level` says how far up a step has gone that nobody acknowledged, `next_at` when it goes further.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HANDED = "handed", _("Handed to the outbox")
        CANCELLED = "cancelled", _("Cancelled")

    class Level(models.IntegerChoices):
        OWNER = 0, _("responsible for the deadline")
        DEPUTY = 1, _("deputy")
        LAWYER = 2, _("lawyer responsible for the matter")
        DOCKET = 3, _("docket desk")
        PARTNERS = 4, _("partners")

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="reminders")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    # Nobody for a step of a practice group: who that is, is asked when it is due.
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    step = models.CharField(_("step"), max_length=20)
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    handed_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.OWNER, db_default=Level.OWNER)
    next_at = models.DateTimeField(null=True)

    need_to_know = "matter"
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="staff",
        path="recipient",
        fields={"acknowledged_at": "technical"},
        none=["id", "deadline", "matter", "recipient", "step", "due_at", "state", "handed_at", "level", "next_at"],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        default_permissions = ()
        constraints = [
            # Scanning twice, or two beats at once, must not remind twice.
            models.UniqueConstraint(fields=["deadline", "recipient", "step"], name="deadlines_reminder_once"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="deadlines_reminder_due", condition=models.Q(state="waiting")),
            models.Index(fields=["next_at", "id"], name="deadlines_reminder_next", condition=models.Q(state="handed")),
            models.Index(
                fields=["recipient"],
                name="deadlines_reminder_told",
                condition=models.Q(state="handed", acknowledged_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"
