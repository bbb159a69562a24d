"""Dates that a computed deadline would get now: proposed, and never set by the program."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deadlines.models.deadline import Deadline
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models import Matter

USER = settings.AUTH_USER_MODEL


class Source(models.TextChoices):
    """What changed under a computed date."""

    TRIGGER = "trigger", _("Another trigger")
    COURT = "court", _("Another court")
    HOLIDAY = "holiday", _("A holiday")
    RULE = "rule", _("A rule")
    CHECK = "check", _("Nightly computation")


class Proposal(models.Model):
    """Old and new date, and why. Without a new date the rule computes none any more; `why` then says so.

    While it is open reminders go by the earlier of both dates.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        LAPSED = "lapsed", _("Overtaken")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="proposals")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    source = models.CharField(_("what changed"), max_length=8, choices=Source)
    old_on = models.DateField(_("old date"))
    new_on = models.DateField(_("new date"), null=True)
    new_time = models.TimeField(_("new time"), null=True)
    latest_on = models.DateField(null=True)
    trace = models.JSONField(default=list)
    why = models.CharField(_("why"), max_length=400)
    caused_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(editable=False)
    settled_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    answer = models.CharField(_("why declined"), max_length=200, blank=True)

    need_to_know = "matter"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields=dict.fromkeys(("old_on", "new_on", "new_time", "latest_on", "trace", "why", "answer"), "matter_content"),
        none=[
            *("id", "public_id", "deadline", "matter", "state", "source", "caused_by", "made_at"),
            *("settled_by", "settled_at"),
        ],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("proposed date")
        verbose_name_plural = _("proposed dates")
        default_permissions = ()
        constraints = [
            # One question at a time: a later change overtakes the one before.
            models.UniqueConstraint(
                fields=["deadline"], name="deadlines_proposal_once", condition=models.Q(state="open")
            ),
            # A proposed date is set aside by a person who says why.
            models.CheckConstraint(
                condition=~models.Q(state="declined") | models.Q(settled_by__isnull=False) & ~models.Q(answer=""),
                name="deadlines_proposal_declined_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"proposed date {self.pk}"


class Recalculation(models.Model):
    """A change of a holiday or a rule, or a night, after which the book is computed again; the row is the queue.

    The book is gone through in order of entry: `reached` is the last entry that was looked at, and empty before the
    first; `looked_at` counts them.
    """

    source = models.CharField(max_length=8, choices=Source)
    code = models.CharField(max_length=60)
    why = models.CharField(max_length=300)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    found = models.PositiveIntegerField(null=True)
    reached = models.BigIntegerField(null=True)
    looked_at = models.PositiveIntegerField(default=0, db_default=0)

    personal_data = PersonalData(
        subject="none",
        none=["source", "code", "why", "asked_by", "asked_at", "done_at", "found", "reached", "looked_at"],
    )

    class Meta:
        verbose_name = _("recalculation")
        verbose_name_plural = _("recalculations")
        default_permissions = ()
        indexes = [
            models.Index(fields=["id"], name="deadlines_recalculation_waits", condition=models.Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"recalculation {self.pk}"


class Basis(models.Model):
    """What a deadline was computed from when it was last looked at, as a hash: while it is the same, so is the date."""

    deadline = models.OneToOneField(Deadline, on_delete=models.CASCADE, primary_key=True, related_name="+")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)

    need_to_know = "matter"
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"sha256": "matter_content"},
        none=["deadline", "matter"],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("basis of a date")
        verbose_name_plural = _("bases of dates")
        default_permissions = ()

    def __str__(self) -> str:
        return f"basis of deadline {self.pk}"
