"""Who is let into a matter: guardian's grants; `acl` follows by trigger, and `deny` follows the walls."""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

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
