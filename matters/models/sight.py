"""The truth about who sees a matter: guardian's grants and walls; `acl` and `deny` follow by trigger."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models.matter import Matter


class MatterUserObjectPermission(UserObjectPermissionBase):
    """A person's grant on a matter; written only by matters.actions."""

    content_object = models.ForeignKey(Matter, on_delete=models.CASCADE)

    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={},
        none=["id", "user", "permission", "content_object"],
        purpose="access_control",
        retention="as_subject",
        erase="delete",
    )

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"grant {self.pk}"


class MatterGroupObjectPermission(GroupObjectPermissionBase):
    """A practice group's grant on a matter; written only by matters.actions, never for a role group."""

    content_object = models.ForeignKey(Matter, on_delete=models.CASCADE)

    personal_data = PersonalData(
        subject="none",
        fields={},
        none=["id", "group", "permission", "content_object"],
        purpose="access_control",
        retention="as_subject",
        erase="delete",
    )

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"grant {self.pk}"


class Wall(models.Model):
    """An ethical wall around a matter: deny beats every grant, group grants included."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="walls")
    reason = models.CharField(_("reason"), max_length=500)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(_("raised at"))
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)

    need_to_know = "matter"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"reason": "matter_content"},
        none=["id", "matter", "raised_by", "raised_at", "ends_at"],
        purpose="access_control",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("wall")
        verbose_name_plural = _("walls")
        default_permissions = ()

    def __str__(self) -> str:
        return f"wall {self.pk}"


class WallBar(models.Model):
    """Whom a wall keeps out: one person or one group."""

    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, related_name="bars")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")

    need_to_know = "matter"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={},
        none=["id", "wall", "matter", "user", "group"],
        purpose="access_control",
        retention="matter",
        erase="delete",
    )

    class Meta:
        default_permissions = ()
        constraints = [
            # A bar against nobody or against two at once could not be read in words.
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(group__isnull=True), name="matters_bar_one_principal"
            ),
        ]

    def __str__(self) -> str:
        return f"bar {self.pk}"
