"""Who may see a contact whatever its matters: guardian's grants and the contact's own walls."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from clients.models.contact import Contact
from lawcrm import access
from lawcrm.personal_data import PersonalData


class ContactUserObjectPermission(UserObjectPermissionBase):
    """A person's own grant on a contact; written only by clients.actions."""

    content_object = models.ForeignKey(Contact, on_delete=models.CASCADE)

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


class ContactGroupObjectPermission(GroupObjectPermissionBase):
    """A practice group's grant on a contact; written only by clients.actions."""

    content_object = models.ForeignKey(Contact, on_delete=models.CASCADE)

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


class ContactWall(models.Model):
    """A wall of its own around a contact against one person or group; it beats every grant."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="walls")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    need_to_know = "contact"
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="contact",
        path="contact",
        fields={"reason": "free_text"},
        none=["id", "contact", "user", "group", "raised_by", "raised_at"],
        purpose="access_control",
        retention="as_subject",
        erase="delete",
    )

    class Meta:
        default_permissions = ()
        constraints = [
            # A bar against nobody or against two at once could not be read in words.
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(group__isnull=True), name="clients_wall_one_principal"
            ),
        ]

    def __str__(self) -> str:
        return f"contact wall {self.pk}"
