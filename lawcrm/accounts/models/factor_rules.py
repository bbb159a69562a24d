"""Which second factor the holders of a role need."""

from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import audit
from lawcrm.personal_data import PersonalData

LONGEST_GRACE = 90


class FactorRule(models.Model):
    """The rule of one role; a role without a row takes any second factor."""

    class Wanted(models.TextChoices):
        ANY = "any", _("Any second factor")
        PASSKEY = "passkey", _("A passkey")

    role = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="factor_rule")
    wanted = models.CharField(_("second factor"), max_length=10, choices=Wanted.choices, default=Wanted.ANY)
    grace_days = models.PositiveSmallIntegerField(
        _("days to set it up"), default=14, validators=[MaxValueValidator(LONGEST_GRACE)]
    )
    # From here, or from the day a person was given a role if that is later, the days are counted.
    since = models.DateTimeField(_("since"))

    history = audit.AuditedHistory()

    personal_data = PersonalData(subject="none", none=["role", "wanted", "grace_days", "since"])

    class Meta:
        verbose_name = _("rule for a second factor")
        verbose_name_plural = _("rules for second factors")
        default_permissions = ()
        permissions: ClassVar[list[tuple[str, Any]]] = [
            ("change_factorrule", "May decide which second factor a role needs")
        ]

    def __str__(self) -> str:
        return f"factor rule {self.pk}"
