"""What a group is for: a role says what one may do, a practice group what one may see."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import audit
from lawcrm.personal_data import PersonalData


class GroupKind(models.Model):
    """The kind of a group. A role never carries grants on objects, a practice group never permissions."""

    class Kind(models.TextChoices):
        ROLE = "role", _("role")
        PRACTICE = "practice", _("practice group")

    group = models.OneToOneField(Group, on_delete=models.CASCADE, primary_key=True, related_name="kind")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    # External people hold roles made for them and no others; the database refuses the rest.
    for_externals = models.BooleanField(_("for external people"), default=False, db_default=False)
    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    dissolved_at = models.DateTimeField(_("dissolved at"), null=True, editable=False)

    personal_data = PersonalData(subject="none", none=["group", "kind", "for_externals", "public_id", "dissolved_at"])

    class Meta:
        verbose_name = _("kind of group")
        verbose_name_plural = _("kinds of groups")
        permissions: ClassVar[list[tuple[str, Any]]] = [("manage_practice_groups", "Form practice groups")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Membership(models.Model):
    """Somebody's time in a practice group; the group's rows in `auth` follow it by trigger and nothing else.

    The database refuses to add oneself, an external person, or anybody by someone who does not keep the
    group, and to reopen or rewrite what was (lawcrm/accounts/migrations/membership.sql).
    """

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    is_keeper = models.BooleanField(_("keeps the group"), default=False)
    since = models.DateTimeField(_("since"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    until = models.DateTimeField(_("until"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(_("why it ended"), max_length=500, blank=True)

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={
            "user": "technical",
            "since": "technical",
            "until": "technical",
            "added_by": "technical",
            "ended_by": "technical",
            "reason": "free_text",
            "end_reason": "free_text",
        },
        none=["group", "is_keeper"],
        purpose="access_control",
        retention="staff",
        erase="delete",
    )

    class Meta:
        verbose_name = _("membership in a practice group")
        verbose_name_plural = _("memberships in practice groups")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["group", "user"], condition=models.Q(until=None), name="accounts_membership_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Who joined lately, for those whose matters the group sees.
            models.Index(fields=["since"], name="accounts_membership_since", condition=models.Q(until=None)),
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"
