"""Tasks of a matter, which unlike deadlines may simply be done."""

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from deadlines.models.answering import held_by, name_of
from deadlines.models.plan import PlanUse
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models import Matter

USER = settings.AUTH_USER_MODEL


class Task(models.Model):
    """Something to do in a matter, for one person or one practice group."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="tasks")
    title = models.CharField(_("what to do"), max_length=200)
    # One person or one practice group; of a group everybody who sees the matter.
    assignee = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for")
    )
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("practice group")
    )
    due_on = models.DateField(_("by"), null=True, blank=True)
    plan_use = models.ForeignKey(PlanUse, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    done_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, editable=False)

    need_to_know = "matter"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"title": "matter_content", "due_on": "matter_content"},
        none=[
            *("id", "public_id", "matter", "assignee", "group", "plan_use"),
            *("created_by", "created_at", "done_by", "done_at"),
        ],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["assignee", "due_on", "id"],
                name="deadlines_task_mine",
                condition=models.Q(done_at__isnull=True),
            ),
            models.Index(
                fields=["group", "due_on", "id"],
                name="deadlines_task_group",
                condition=models.Q(done_at__isnull=True, group__isnull=False),
            ),
        ]
        constraints = [
            # Somebody is to do it: a person or a group, never nobody and never both.
            models.CheckConstraint(
                condition=models.Q(assignee__isnull=False, group__isnull=True)
                | models.Q(assignee__isnull=True, group__isnull=False),
                name="deadlines_task_for_one",
            ),
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"

    @property
    def answers(self) -> str:
        """Whom it is for, by name."""
        return name_of(self.assignee, self.group)

    @property
    def held_by(self) -> str:
        return held_by(self.assignee_id, self.group_id)
