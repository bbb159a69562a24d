"""The firm itself: one row, written at the first set-up."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import audit
from lawcrm.personal_data import PersonalData

ONLY = 1
_name = ""


class Firm(models.Model):
    """What holds for the whole firm. Without the row the system has not been set up."""

    name = models.CharField(_("name"), max_length=150)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters (ISO 3166), such as DK."))
    languages = ArrayField(models.CharField(max_length=5), verbose_name=_("languages"))
    time_zone = models.CharField(_("time zone"), max_length=50)
    number_format = models.CharField(_("matter numbers"), max_length=50, default="{year}-{number:04d}")
    set_up_at = models.DateTimeField(_("set up at"))
    # Set by a restore: nothing is sent before somebody has looked at what would go out.
    mail_held_at = models.DateTimeField(_("mail held since"), null=True, blank=True)

    history = audit.AuditedHistory()

    personal_data = PersonalData(
        subject="none",
        none=["name", "country", "languages", "time_zone", "number_format", "set_up_at", "mail_held_at"],
    )

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firm")
        default_permissions = ()
        permissions: ClassVar[list[tuple[str, Any]]] = [("change_firm", _("May change the firm's settings"))]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # One installation serves one firm.
            models.CheckConstraint(condition=models.Q(pk=ONLY), name="firm_only_one"),
        ]

    def __str__(self) -> str:
        return "firm"

    @classmethod
    def current(cls) -> "Firm | None":
        return cls.objects.filter(pk=ONLY).first()

    @classmethod
    def known_name(cls) -> str:
        """FIRM_NAME where it is set, else the name given at set-up; each process reads it once it is there."""
        global _name  # noqa: PLW0603
        if not _name and not settings.FIRM_NAME:
            firm = cls.current()
            _name = firm.name if firm is not None else ""
        return settings.FIRM_NAME or _name or "LawCRM"

    @classmethod
    def holds_mail(cls) -> bool:
        return cls.objects.filter(mail_held_at__isnull=False).exists()
