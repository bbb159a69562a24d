"""Access reviews: the owner is asked whether each person and group that has access still needs it."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models import Matter
from matters.models.levels import Level

USER = settings.AUTH_USER_MODEL
ONLY = 1
# Asked at once, a week later and once more; the grace period counts from the last reminder that was delivered.
TIMES_ASKED = 3
BETWEEN = timedelta(days=7)
DAYS_A_YEAR, MONTHS_A_YEAR = 365, 12
REVIEW_COLUMNS = (
    *("id", "public_id", "cause", "slot", "opened_at", "times_asked", "asked_on", "asked"),
    *("escalated_at", "closed_at", "record"),
)
ITEM_COLUMNS = ("id", "review", "user", "state", "answered_by", "answered_at", "unused")


class ReviewRules(models.Model):
    """How often access is reviewed, and how long silence lasts before it removes."""

    matter_months = models.PositiveSmallIntegerField(_("each matter, every so many months"), default=6)
    group_months = models.PositiveSmallIntegerField(_("each role and practice group, every so many months"), default=6)
    external_days = models.PositiveSmallIntegerField(_("external accounts, every so many days"), default=30)
    grace_days = models.PositiveSmallIntegerField(_("days from the last reminder until silence removes"), default=14)
    began_on = models.DateField(_("reviews since"))

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        none=["id", "matter_months", "group_months", "external_days", "grace_days", "began_on"],
    )

    class Meta:
        verbose_name = _("rules of access reviews")
        verbose_name_plural = _("rules of access reviews")
        default_permissions = ()
        permissions = [
            ("oversee_reviews", "See how far access reviews have come, and export their records"),
            ("set_reviews", "Say how often access is reviewed"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=ONLY), name="privacy_review_rules_once"),
            # A period of nothing would ask every day, a grace of nothing would remove with the mail on its way.
            models.CheckConstraint(
                condition=models.Q(matter_months__gte=1, group_months__gte=1, external_days__gte=7, grace_days__gte=3),
                name="privacy_review_rules_sane",
            ),
        ]

    def __str__(self) -> str:
        return "rules of access reviews"

    @property
    def matter_days(self) -> int:
        return self.matter_months * DAYS_A_YEAR // MONTHS_A_YEAR

    @property
    def group_days(self) -> int:
        return self.group_months * DAYS_A_YEAR // MONTHS_A_YEAR

    @property
    def grace(self) -> timedelta:
        return timedelta(days=self.grace_days)


class Review(models.Model):
    """What reviews of matters and of groups have in common; `record` is filled and signed at closing."""

    class Cause(models.TextChoices):
        SCHEDULE = "schedule", _("Its time has come")
        HANDOVER = "handover", _("New responsible lawyer")
        EXTERNAL = "external", _("External account")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cause = models.CharField(_("why"), max_length=8, choices=Cause, default=Cause.SCHEDULE)
    # The day of the schedule this review answers for: each is opened once.
    slot = models.DateField(_("due on"))
    opened_at = models.DateTimeField(_("asked since"))
    times_asked = models.PositiveSmallIntegerField(default=0)
    asked_on = models.DateField(null=True)
    asked = ArrayField(models.IntegerField(), default=list)
    # Silence could not remove somebody, or nobody can be asked: others are told.
    escalated_at = models.DateTimeField(_("passed on"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    record = models.JSONField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"review {self.pk}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_last_call(self) -> bool:
        return self.times_asked >= TIMES_ASKED

    def answer_by(self, rules: ReviewRules) -> date:
        """The earliest day on which silence can remove; a late delivery moves it on."""
        left = max(TIMES_ASKED - max(self.times_asked, 1), 0)
        return (self.asked_on or self.opened_at.date()) + left * BETWEEN + rules.grace


class ReviewItem(models.Model):
    """One person or group somebody is asked about; answered once."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        KEPT = "kept", _("Kept")
        REMOVED = "removed", _("Removed")
        SILENCE = "silence", _("Removed by silence")
        GONE = "gone", _("Access had ended")
        ESCALATED = "escalated", _("Passed on")

    state = models.CharField(_("answer"), max_length=9, choices=State, default=State.OPEN)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason or comment"), max_length=300, blank=True)
    # What the person who answered was shown.
    unused = models.BooleanField(_("never used"), default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"review item {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


OPEN_STATES = (ReviewItem.State.OPEN, ReviewItem.State.ESCALATED)


class MatterReview(Review):
    """The responsible lawyer is asked about everybody else on the matter."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    need_to_know = "matter"
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"record": "matter_content"},
        none=[*(name for name in REVIEW_COLUMNS if name != "record"), "matter", "owner"],
        purpose="accountability",
        retention="matter",
        erase="delete",
    )

    class Meta(Review.Meta):
        abstract = False
        verbose_name = _("access review of a matter")
        verbose_name_plural = _("access reviews of matters")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["matter", "cause", "slot"], name="privacy_matter_review_slot"),
            models.UniqueConstraint(
                fields=["matter"], condition=models.Q(closed_at=None), name="privacy_matter_review_open"
            ),
        ]
        indexes = [
            models.Index(fields=["owner"], condition=models.Q(closed_at=None), name="privacy_review_owner"),
            models.Index(fields=["opened_at"], name="privacy_review_opened"),
        ]


class MatterReviewItem(ReviewItem):
    """A person or practice group with a grant on the matter when the review was opened."""

    review = models.ForeignKey(MatterReview, on_delete=models.PROTECT, related_name="items")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    level = models.CharField(_("may"), max_length=15, choices=Level)

    need_to_know = "matter"
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"reason": "matter_content"},
        none=[*ITEM_COLUMNS, "matter", "group", "level"],
        purpose="accountability",
        retention="matter",
        erase="delete",
    )

    class Meta(ReviewItem.Meta):
        abstract = False
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["review", "user", "group"], name="privacy_matter_item_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(group__isnull=True), name="privacy_matter_item_one"
            ),
        ]

    @property
    def principal(self) -> int:
        return self.user_id if self.user_id is not None else -(self.group_id or 0)


class GroupReview(Review):
    """Administrators are asked who still needs a role, its keepers who still belongs to a practice group."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")

    personal_data = PersonalData(subject="none", none=[*REVIEW_COLUMNS, "group"])

    class Meta(Review.Meta):
        abstract = False
        verbose_name = _("access review of a role or group")
        verbose_name_plural = _("access reviews of roles and groups")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["group", "cause", "slot"], name="privacy_group_review_slot"),
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(closed_at=None), name="privacy_group_review_open"
            ),
        ]


class GroupReviewItem(ReviewItem):
    """A member of the role or practice group when the review was opened."""

    review = models.ForeignKey(GroupReview, on_delete=models.PROTECT, related_name="items")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={"reason": "free_text"},
        none=ITEM_COLUMNS,
        purpose="accountability",
        retention="staff",
        erase="keep",
    )

    class Meta(ReviewItem.Meta):
        abstract = False
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="privacy_group_item_once")]

    @property
    def principal(self) -> int:
        return self.user_id


class ReviewCount(models.Model):
    """What remains of a closed review whatever is erased: numbers, days and the hash of its record; nobody's name."""

    kind = models.CharField(_("of"), max_length=6)  # "matter" or "group"
    closed_on = models.DateField(_("closed on"))
    record = models.JSONField()

    need_to_know = "self"
    sight = access.FlagSight("privacy")
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="none",
        none=["id", "kind", "closed_on", "record"],
        purpose="accountability",
        retention="accountability",
        erase="keep",
    )

    class Meta:
        verbose_name = _("count of an access review")
        verbose_name_plural = _("counts of access reviews")
        default_permissions = ()
        indexes = [models.Index(fields=["closed_on"], name="privacy_review_count_day")]

    def __str__(self) -> str:
        return f"review count {self.pk}"
