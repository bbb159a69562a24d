"""Break-glass: sight of one matter for some hours, asked for by one lawyer and confirmed by another."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models.matter import Matter

FLAG = "break_glass"
LONGEST = timedelta(hours=24)


class BreakGlassRequest(models.Model):
    """Asked for by number. Whether there is such a matter, and whether a wall stands, is not said here.

    So the row names no matter and is the same whatever follows from it: see BreakGlass.
    """

    class Answer(models.TextChoices):
        NONE = "", _("Waiting")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")
        TAKEN_BACK = "taken_back", _("Taken back")

    class Hours(models.IntegerChoices):
        ONE = 1, _("1 hour")
        FOUR = 4, _("4 hours")
        EIGHT = 8, _("8 hours")
        DAY = 24, _("24 hours")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    confirmer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # As typed; blanked with the reason by a trigger when the matter is erased.
    number = models.CharField(_("matter number"), max_length=20, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    hours = models.PositiveSmallIntegerField(_("for how long"), choices=Hours)
    asked_at = models.DateTimeField(_("asked at"))
    closes_at = models.DateTimeField(_("can be confirmed until"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True, default=Answer.NONE)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    # A job looks for the matter: done in the confirmer's request, its work would tell what it found.
    settled_at = models.DateTimeField(null=True, editable=False)

    need_to_know = "self"
    sight = access.OwnSight("asker_id", "confirmer_id", flag=FLAG)
    objects = access.GuardedManager()
    history = audit.AuditedHistory(exclude=("number", "reason"))
    personal_data = PersonalData(
        subject="staff",
        path="asker",
        fields={
            "asker": "technical",
            "confirmer": "technical",
            "number": "matter_content",
            "reason": "free_text",
            "asked_at": "technical",
            "answered_at": "technical",
        },
        none=["id", "public_id", "hours", "closes_at", "answer", "settled_at"],
        purpose="access_control",
        retention="journal",
        erase="keep",
    )

    class Meta:
        verbose_name = _("request to break the glass")
        verbose_name_plural = _("requests to break the glass")
        default_permissions = ()
        permissions = [
            ("break_glass", "Take sight of a matter for some hours, with a reason and a second lawyer"),
            ("review_break_glass", "See every break-glass, be told of each, and end one"),
        ]
        indexes = [
            models.Index(fields=["asker", "-asked_at"], name="matters_glass_asked"),
            models.Index(fields=["confirmer", "closes_at"], name="matters_glass_waiting", condition=Q(answer="")),
            models.Index(
                fields=["id"], name="matters_glass_unsettled", condition=Q(answer="confirmed", settled_at__isnull=True)
            ),
        ]
        constraints = [
            # Four eyes.
            models.CheckConstraint(condition=~Q(confirmer=F("asker")), name="matters_glass_two_people"),
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=24), name="matters_glass_hours"),
        ]

    def __str__(self) -> str:
        return f"request to break the glass {self.pk}"


class BreakGlass(models.Model):
    """A confirmed request that took effect. Its holder bears a principal of its own until `ends_at`.

    The matter's `acl` holds that principal until the row is ended (matters/migrations/break_glass.sql);
    what ends the sight is that from `ends_at` on no viewer bears it any more.
    """

    class Ending(models.TextChoices):
        NONE = "", _("Running")
        LAPSED = "lapsed", _("Time is over")
        HOLDER = "holder", _("Given up")
        MANAGER = "manager", _("Ended by the matter's team")
        OFFICER = "officer", _("Ended by the data protection officer")
        WALLED = "walled", _("A wall was raised")
        LEFT = "left", _("The account ended")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.OneToOneField(BreakGlassRequest, on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(_("since"))
    ends_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ending = models.CharField(_("why it ended"), max_length=10, choices=Ending, blank=True, default=Ending.NONE)

    need_to_know = "self"
    sight = access.EitherSight(
        access.OwnSight("holder_id", flag=FLAG), access.ReferenceSight("matters.matter", "matter_id", flag=FLAG)
    )
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"holder": "technical", "confirmer": "technical", "began_at": "technical"},
        none=["id", "public_id", "request", "matter", "ends_at", "ended_at", "ending"],
        purpose="access_control",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("break-glass")
        verbose_name_plural = _("break-glass")
        default_permissions = ()
        indexes = [
            models.Index(fields=["matter", "-began_at"], name="matters_glass_of_matter"),
            models.Index(fields=["holder", "ends_at"], name="matters_glass_running", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("began_at"), ends_at__lte=F("began_at") + LONGEST),
                name="matters_glass_at_most_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"break-glass {self.pk}"

    @property
    def principal(self) -> int:
        return access.BREAK_GLASS + self.pk
