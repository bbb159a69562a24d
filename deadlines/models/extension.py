"""More time asked of the court: provisional until granted."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from deadlines.models.deadline import Deadline
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models import Document, Matter

USER = settings.AUTH_USER_MODEL


class Extension(models.Model):
    """Asked for, the deadline keeps its date and its reminders; granted with evidence, it moves."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        GRANTED = "granted", _("Granted")
        DECLINED = "declined", _("Declined")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="extensions")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    until_on = models.DateField(_("hoped-for date"))
    reason = models.CharField(_("why"), max_length=200)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    answer = models.CharField(_("what the court said"), max_length=200, blank=True)
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    need_to_know = "matter"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"until_on": "matter_content", "reason": "matter_content", "answer": "matter_content"},
        none=[
            *("id", "public_id", "deadline", "matter", "state", "asked_by", "asked_at"),
            *("answered_by", "answered_at", "evidence"),
        ],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        default_permissions = ()
        constraints = [
            # One hope at a time, or nobody knows which date was granted.
            models.UniqueConstraint(
                fields=["deadline"], name="deadlines_extension_once", condition=models.Q(state="asked")
            ),
            # A court that grants says so somewhere.
            models.CheckConstraint(
                condition=~models.Q(state="granted") | models.Q(evidence__isnull=False) | ~models.Q(answer=""),
                name="deadlines_extension_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"extension {self.pk}"
