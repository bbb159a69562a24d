"""How confidential a paper is inside its matter."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Confidentiality(models.TextChoices):
    """The values but the first are flags of lawcrm.access: whoever lacks one is not told that there is such a paper."""

    ORDINARY = "", _("Ordinary")
    SPECIAL = "special", _("Special category")
    KYC = "kyc", _("KYC")


def confidentiality_column() -> "models.CharField[str, str]":
    return models.CharField(
        _("confidentiality"), max_length=8, choices=Confidentiality, blank=True, default="", db_default=""
    )
