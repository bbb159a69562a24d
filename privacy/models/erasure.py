"""The retention plan and the certificates of what was erased, both without names."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData

USER = settings.AUTH_USER_MODEL


class ErasureItem(models.Model):
    """One matter whose time is over: proposed by the schedule, released by a person, erased by a job.

    The matter is a plain reference, since the item outlives it.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waiting for release")
        RELEASED = "released", _("Released")
        ERASED = "erased", _("Erased")
        HELD = "held", _("Under hold")
        WITHDRAWN = "withdrawn", _("Taken off the plan")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter_ref = models.BigIntegerField(unique=True)
    matter_number = models.CharField(_("matter"), max_length=20)
    rule = models.CharField(_("rule"), max_length=80)
    due_on = models.DateField(_("may go since"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    released_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(_("released at"), null=True)
    erased_at = models.DateTimeField(_("erased at"), null=True)

    need_to_know = "self"
    sight = access.ReferenceSight("matters.Matter", "matter_ref", flag="privacy")
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        fields={},
        none=[
            "id",
            "public_id",
            "matter_ref",
            "matter_number",
            "rule",
            "due_on",
            "state",
            "proposed_by",
            "proposed_at",
            "released_by",
            "released_at",
            "erased_at",
        ],
        purpose="accountability",
        retention="accountability",
        erase="keep",
    )

    class Meta:
        verbose_name = _("entry of the retention plan")
        verbose_name_plural = _("retention plan")
        default_permissions = ()
        permissions = [
            ("view_plan", "See the retention plan"),
            ("release_plan", "Release entries of the retention plan for erasure"),
            ("run_scan", "Search for what is left of a person"),
            ("view_certificates", "See certificates of erasure"),
        ]
        constraints = [
            # Four eyes: whoever put a matter on the plan does not release it.
            models.CheckConstraint(
                condition=models.Q(released_by__isnull=True)
                | models.Q(proposed_by__isnull=True)
                | ~models.Q(released_by=models.F("proposed_by")),
                name="privacy_plan_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure item {self.pk}"


class Certificate(models.Model):
    """What was erased, by which rule, released by whom: counts and references, no personal data."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject_ref = models.UUIDField(editable=False)
    kind = models.CharField(_("what"), max_length=20)
    rule = models.CharField(_("rule"), max_length=80)
    counts = models.JSONField(default=dict)
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    released_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    erased_at = models.DateTimeField(_("erased at"))
    digest = models.BinaryField(max_length=32)

    need_to_know = "self"
    sight = access.FlagSight("privacy")
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="none",
        fields={},
        none=[
            "id",
            "public_id",
            "subject_ref",
            "kind",
            "rule",
            "counts",
            "proposed_by",
            "released_by",
            "erased_at",
            "digest",
        ],
        purpose="accountability",
        retention="accountability",
        erase="keep",
    )

    class Meta:
        verbose_name = _("certificate of erasure")
        verbose_name_plural = _("certificates of erasure")
        default_permissions = ()
        indexes = [models.Index(fields=["-erased_at", "-id"], name="privacy_certificate_when")]

    def __str__(self) -> str:
        return f"certificate {self.pk}"

    @property
    def digest_hex(self) -> str:
        return bytes(self.digest).hex()
