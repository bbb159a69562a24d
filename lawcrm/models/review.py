"""What looking back over the trail needs to keep: questions, figures per day, and the monthly reviews."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData

USER = settings.AUTH_USER_MODEL


class LogQuestion(models.Model):
    """A question to the trail that somebody kept under a name, for themselves or for all who review."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    is_shared = models.BooleanField(_("for all who review"), default=False)
    period = models.CharField(max_length=12)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    person = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # A plain number: the question outlives the matter.
    matter_id = models.BigIntegerField(null=True)
    parts = ArrayField(models.CharField(max_length=12))
    out_of_hours = models.BooleanField(default=False)

    need_to_know = "self"
    sight = access.FlagSight("journal")
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="staff",
        path="owner",
        fields={"owner": "technical", "name": "free_text", "person": "technical"},
        none=["public_id", "is_shared", "period", "since", "until", "matter_id", "parts", "out_of_hours"],
        purpose="accountability",
        retention="journal",
        erase="delete",
    )

    class Meta:
        verbose_name = _("question to the logs")
        verbose_name_plural = _("questions to the logs")
        default_permissions = ()

    def __str__(self) -> str:
        return f"question {self.pk}"


class ReadingDay(models.Model):
    """How much a person read on a day, counted from the read log: only a copy, made anew every hour."""

    user_id = models.IntegerField()
    day = models.DateField()
    readings = models.IntegerField()
    matters = models.IntegerField()
    exports = models.IntegerField()
    out_of_hours = models.IntegerField()

    need_to_know = "self"
    sight = access.FlagSight("journal")
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="staff",
        path="user_id",
        fields={"user_id": "technical", "day": "technical"},
        none=["readings", "matters", "exports", "out_of_hours"],
        purpose="accountability",
        retention="read_log",
        erase="delete",
    )

    class Meta:
        verbose_name = _("readings of a day")
        verbose_name_plural = _("readings of days")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["day", "user_id"], name="reading_day_once")]

    def __str__(self) -> str:
        return f"readings {self.pk}"


class LogReview(models.Model):
    """The review of one month; `record` is what was signed, and its hash stands in the journal."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    month = models.DateField(_("month"), unique=True, help_text=_("The first day of the month."))
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    record = models.JSONField(null=True)
    signed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    need_to_know = "self"
    sight = access.FlagSight("journal")
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="staff",
        path="made_by",
        fields={"made_by": "technical", "record": "free_text", "signed_by": "technical"},
        none=["public_id", "month", "made_at", "signed_at"],
        purpose="accountability",
        retention="journal",
        erase="keep",
    )

    class Meta:
        verbose_name = _("monthly review")
        verbose_name_plural = _("monthly reviews")
        default_permissions = ()
        permissions: ClassVar[list[tuple[str, Any]]] = [("sign_review", _("May sign the monthly review of the logs"))]
        constraints = [
            # Nothing is half signed.
            models.CheckConstraint(
                condition=models.Q(record=None, signed_by=None, signed_at=None)
                | models.Q(record__isnull=False, signed_by__isnull=False, signed_at__isnull=False),
                name="log_review_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.month:%Y-%m}"

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class LogReviewAnswer(models.Model):
    """A question of a month with the figures frozen when the review was made, and what the officer found."""

    class Finding(models.TextChoices):
        NOTHING = "nothing", _("Looked at, nothing found")
        FINDING = "finding", _("Something to note")
        ACTION = "action", _("Action taken")

    review = models.ForeignKey(LogReview, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    count = models.IntegerField()
    # Over the numbers of all entries that answered it, so that one that goes or comes is noticed.
    entries_sha256 = models.CharField(max_length=64)
    finding = models.CharField(_("finding"), max_length=10, choices=Finding, blank=True)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    need_to_know = "self"
    sight = access.FlagSight("journal")
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="staff",
        path="answered_by",
        fields={"comment": "free_text", "answered_by": "technical", "name": "free_text"},
        none=["review", "question", "count", "entries_sha256", "finding", "answered_at"],
        purpose="accountability",
        retention="journal",
        erase="keep",
    )

    class Meta:
        verbose_name = _("answer of a review")
        verbose_name_plural = _("answers of reviews")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["review", "question"], name="log_answer_once")]

    def __str__(self) -> str:
        return f"answer {self.pk}"
