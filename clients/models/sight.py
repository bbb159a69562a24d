"""Who may see a contact whatever its matters: guardian's grants."""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from clients.models.contact import Contact
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
