"""One entry of the deadline book."""

import uuid
from datetime import date, datetime, time

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now, Upper
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from clients.models import Court
from deadlines.engine.trace import Moment
from deadlines.models.answering import held_by, name_of
from deadlines.models.plan import PlanUse
from deadlines.models.series import Series
from lawcrm import access, audit
from lawcrm.crypto.fields import SealedTextField
from lawcrm.personal_data import PersonalData
from matters.models import Document, Matter

USER = settings.AUTH_USER_MODEL


class Second(models.TextChoices):
    """What an entry waits for from a second person; of anybody who sees it where one person alone answers for it."""

    CONFIRMED = "confirmed", _("To be confirmed")
    CONFIRMED_BY_ANYBODY = "confirmed by anybody", _("To be confirmed by anybody")
    CHECKED = "checked", _("To be checked")
    CHECKED_BY_ANYBODY = "checked by anybody", _("To be checked by anybody")


_UNCONFIRMED = models.Q(state="open", confirmed_at__isnull=True)
UNCHECKED = models.Q(state="done", criticality="critical", checked_at__isnull=True)
_ENTERED_ALONE = models.Q(assignee=models.F("entered_by"), deputy__isnull=True)
_ENDED_ALONE = models.Q(assignee=models.F("ended_by")) & (
    models.Q(deputy__isnull=True) | models.Q(deputy=models.F("ended_by"))
)
# Asked and indexed in one piece: the planner then knows how few there are, which it cannot guess from the columns.
SECOND = models.Case(
    models.When(_UNCONFIRMED & _ENTERED_ALONE, then=models.Value(Second.CONFIRMED_BY_ANYBODY.value)),
    models.When(_UNCONFIRMED, then=models.Value(Second.CONFIRMED.value)),
    models.When(UNCHECKED & _ENDED_ALONE, then=models.Value(Second.CHECKED_BY_ANYBODY.value)),
    models.When(UNCHECKED, then=models.Value(Second.CHECKED.value)),
    output_field=models.CharField(),
)


class Deadline(models.Model):
    """Entered by one, confirmed by another; struck entries stay visible, nothing is deleted early.

    `due_on` is the date by the safe reading; reminders go by it. `latest_on` differs where the law
    is disputed. `trace` holds the arithmetic: one line and citation per step.
    """

    class Kind(models.TextChoices):
        STATUTORY = "statutory", _("Statutory deadline")
        COURT_FIXED = "court_fixed", _("Date fixed by the court")
        PRE_DEADLINE = "pre_deadline", _("Pre-deadline")
        FOLLOW_UP = "follow_up", _("Follow-up")
        APPOINTMENT = "appointment", _("Appointment")
        LIMITATION = "limitation", _("Limitation period")

    class Criticality(models.TextChoices):
        CRITICAL = "critical", _("Critical")
        NORMAL = "normal", _("Normal")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        STRUCK = "struck", _("Struck")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="deadlines")
    sealed_for = models.UUIDField(editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    criticality = models.CharField(_("criticality"), max_length=8, choices=Criticality, default=Criticality.CRITICAL)
    title = models.CharField(_("what must be done"), max_length=200)
    due_on = models.DateField(_("due on"))
    due_time = models.TimeField(_("by"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50)
    latest_on = models.DateField(_("latest by the prevailing reading"), null=True, blank=True)
    rule_code = models.CharField(_("rule"), max_length=60, blank=True)
    trigger_on = models.DateField(_("trigger"), null=True, blank=True)
    # By the clocks of `time_zone`; what a period in hours runs from.
    trigger_time = models.TimeField(_("time of the trigger"), null=True, blank=True)
    second_on = models.DateField(_("second trigger"), null=True, blank=True)
    from_draft = models.BooleanField(_("by a rule nobody approved"), default=False, db_default=False)
    # What the rule gave, even where another date was entered; the open proposal's date, if it has one.
    computed_on = models.DateField(null=True, blank=True, editable=False)
    computed_time = models.TimeField(null=True, blank=True, editable=False)
    proposed_on = models.DateField(null=True, blank=True, editable=False)
    proposed_time = models.TimeField(null=True, blank=True, editable=False)
    trigger_label = models.CharField(_("what set it off"), max_length=120, blank=True)
    trace = models.JSONField(default=list, blank=True)
    court = models.ForeignKey(Court, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = SealedTextField(_("note"), owner="sealed_for", null=True, blank=True)
    # One person or one practice group; of a group everybody who sees the matter.
    assignee = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible")
    )
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("practice group")
    )
    deputy = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    plan_use = models.ForeignKey(PlanUse, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    # The day by the series' rule, which may be one on which the office is closed.
    occurs_on = models.DateField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    entered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    entered_at = models.DateTimeField(db_default=Now(), editable=False)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_reason = models.CharField(_("how it ended"), max_length=200, blank=True)
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    receipt = models.CharField(_("receipt"), max_length=200, blank=True, default="", db_default="")
    checked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)

    need_to_know = "matter"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={
            "title": "matter_content",
            "trigger_on": "matter_content",
            "trigger_time": "matter_content",
            "trigger_label": "matter_content",
            "second_on": "matter_content",
            "computed_on": "matter_content",
            "computed_time": "matter_content",
            "proposed_on": "matter_content",
            "proposed_time": "matter_content",
            "trace": "matter_content",
            "note": "matter_content",
            "due_on": "matter_content",
            "due_time": "matter_content",
            "latest_on": "matter_content",
            "occurs_on": "matter_content",
            "ended_reason": "matter_content",
            "receipt": "matter_content",
        },
        none=[
            "id",
            "public_id",
            "matter",
            "sealed_for",
            "kind",
            "criticality",
            "time_zone",
            "rule_code",
            "from_draft",
            "court",
            "assignee",
            "group",
            "deputy",
            "series",
            "plan_use",
            "state",
            "entered_by",
            "entered_at",
            "confirmed_by",
            "confirmed_at",
            "ended_by",
            "ended_at",
            "evidence",
            "checked_by",
            "checked_at",
        ],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        default_permissions = ("view",)
        permissions = [
            ("enter_deadline", "Enter a deadline"),
            ("confirm_deadline", "Confirm a deadline somebody else entered"),
            ("keep_docket", "Be told date, grade and number of deadlines nobody acknowledged"),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="deadlines_open_due", condition=models.Q(state="open")),
            models.Index(
                fields=["assignee", "due_on", "id"], name="deadlines_open_mine", condition=models.Q(state="open")
            ),
            models.Index(
                fields=["group", "due_on", "id"],
                name="deadlines_open_group",
                condition=models.Q(state="open", group__isnull=False),
            ),
            models.Index(fields=["matter", "due_on"], name="deadlines_of_matter"),
            models.Index(
                fields=["due_on", "id"],
                name="deadlines_unconfirmed",
                condition=models.Q(state="open", confirmed_at__isnull=True),
            ),
            models.Index(
                fields=["assignee", "due_on", "id"], name="deadlines_unconfirmed_mine", condition=_UNCONFIRMED
            ),
            models.Index(
                fields=["deputy", "due_on", "id"],
                name="deadlines_open_deputy",
                condition=models.Q(state="open", deputy__isnull=False),
            ),
            models.Index(SECOND, "due_on", "id", name="deadlines_second"),
            # For viewers of few matters, who would else look at what waits for anybody in the whole firm.
            models.Index(
                fields=["matter"],
                name="deadlines_second_matter",
                condition=models.Q(Exact(SECOND, models.Value(Second.CONFIRMED_BY_ANYBODY.value))),
            ),
            # For viewers of few matters, who would else look at every unconfirmed entry of the firm.
            models.Index(
                fields=["matter"],
                name="deadlines_unconfirmed_matter",
                condition=models.Q(state="open", confirmed_at__isnull=True),
            ),
            models.Index(
                fields=["due_on", "id"],
                name="deadlines_unchecked",
                condition=models.Q(state="done", criticality="critical", checked_at__isnull=True),
            ),
            # What is computed again when a holiday or a rule changes.
            models.Index(
                fields=["id"],
                name="deadlines_open_computed",
                condition=models.Q(state="open") & ~models.Q(rule_code=""),
            ),
            GinIndex(
                OpClass(Upper("title"), name="gin_trgm_ops"),
                name="deadlines_open_title",
                condition=models.Q(state="open"),
            ),
        ]
        constraints = [
            # Somebody answers for it: a person or a group, never nobody and never both.
            models.CheckConstraint(
                condition=models.Q(assignee__isnull=False, group__isnull=True)
                | models.Q(assignee__isnull=True, group__isnull=False),
                name="deadlines_one_answers",
            ),
            # Doing a recurring follow-up makes the next one once, whoever presses the button how often.
            models.UniqueConstraint(fields=["series", "occurs_on"], name="deadlines_series_once"),
            # Four eyes: nobody confirms what they entered themselves.
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("entered_by")),
                name="deadlines_two_people",
            ),
            # What can cost the case is done only with something to show for it.
            models.CheckConstraint(
                condition=~models.Q(state="done", criticality="critical")
                | models.Q(evidence__isnull=False)
                | ~models.Q(receipt=""),
                name="deadlines_done_with_evidence",
            ),
            # Nobody checks what they marked as done themselves, and only what is done is checked.
            models.CheckConstraint(
                condition=models.Q(checked_by__isnull=True, checked_at__isnull=True)
                | models.Q(state="done", checked_at__isnull=False, checked_by__isnull=False)
                & ~models.Q(checked_by=models.F("ended_by")),
                name="deadlines_done_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"deadline {self.pk}"

    @property
    def answers(self) -> str:
        """Who answers for it, by name."""
        return name_of(self.assignee, self.group)

    @property
    def held_by(self) -> str:
        return held_by(self.assignee_id, self.group_id, self.deputy_id)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def due(self) -> Moment:
        """The day, with the time by its own clocks where it has one."""
        return self.due_on if self.due_time is None else datetime.combine(self.due_on, self.due_time)

    @property
    def reminds_by(self) -> date:
        """The earlier of the date that counts and one that is proposed."""
        return min(self.due_on, self.proposed_on or self.due_on)

    @property
    def reminds_by_time(self) -> time | None:
        """The hour of that day; of two dates on it the earlier one. Without one it is the end of the day."""
        hours = [self.due_time] if self.due_on == self.reminds_by else []
        hours += [self.proposed_time] if self.proposed_on == self.reminds_by else []
        return min(hours, key=lambda hour: hour or time.max)

    @property
    def awaits_check(self) -> bool:
        """Marked as done by one person, and critical enough for a second to look."""
        critical = self.criticality == self.Criticality.CRITICAL
        return critical and self.state == self.State.DONE and self.checked_at is None
