"""Plans: what a kind of matter or an event creates, by version, and where they were used."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models import Matter, MatterType

USER = settings.AUTH_USER_MODEL


class Plan(models.Model):
    """Of no matter and about nobody; what it creates stands in its versions."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    matter_type = models.ForeignKey(
        MatterType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of matter")
    )
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    trigger = models.CharField(_("what sets it off"), max_length=120)
    is_active = models.BooleanField(_("in use"), default=True)

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        none=["public_id", "name", "matter_type", "jurisdiction", "trigger", "is_active"],
        purpose="case_handling",
        retention="settings",
        erase="keep",
    )

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        default_permissions = ()
        permissions = [("manage_plans", "Keep the plans of tasks, deadlines and appointments")]

    def __str__(self) -> str:
        return f"plan {self.pk}"


class PlanVersion(models.Model):
    """Never changed: who changes a plan makes its next version, and matters keep the one that was used."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    steps = models.JSONField(_("steps"))
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(_("made at"), editable=False)

    personal_data = PersonalData(
        subject="none",
        none=["plan", "number", "steps", "made_by", "made_at"],
        purpose="case_handling",
        retention="settings",
        erase="keep",
    )

    class Meta:
        verbose_name = _("version of a plan")
        verbose_name_plural = _("versions of plans")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="deadlines_plan_version_once")]

    def __str__(self) -> str:
        return f"plan version {self.pk}"


class PlanUse(models.Model):
    """A plan was used in a matter for one event; what it created names this row."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    trigger_on = models.DateField(_("day of the event"))
    used_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    used_at = models.DateTimeField(_("used at"), editable=False)

    need_to_know = "matter"
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"trigger_on": "matter_content"},
        none=["id", "public_id", "matter", "plan", "version", "used_by", "used_at"],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("use of a plan")
        verbose_name_plural = _("uses of plans")
        default_permissions = ()
        constraints = [
            # The same event sets a plan off once, whoever presses the button how often.
            models.UniqueConstraint(fields=["matter", "plan", "trigger_on"], name="deadlines_plan_used_once"),
        ]

    def __str__(self) -> str:
        return f"use of a plan {self.pk}"


class PlanDecline(models.Model):
    """Not needed in this matter: the plan is not offered there any more, and may be used all the same."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    declined_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    declined_at = models.DateTimeField(editable=False)

    need_to_know = "matter"
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        none=["id", "matter", "plan", "declined_by", "declined_at"],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("declined plan")
        verbose_name_plural = _("declined plans")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["matter", "plan"], name="deadlines_plan_declined_once")]

    def __str__(self) -> str:
        return f"declined plan {self.pk}"
