"""What a group is for: a role says what one may do, a practice group what one may see."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm.personal_data import PersonalData


class GroupKind(models.Model):
    """The kind of a group. A role never carries grants on objects, a practice group never permissions."""

    class Kind(models.TextChoices):
        ROLE = "role", _("role")
        PRACTICE = "practice", _("practice group")

    group = models.OneToOneField(Group, on_delete=models.CASCADE, primary_key=True, related_name="kind")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)

    personal_data = PersonalData(subject="none", none=["group", "kind"])

    class Meta:
        verbose_name = _("kind of group")
        verbose_name_plural = _("kinds of groups")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
