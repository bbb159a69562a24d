"""The retention schedule: dated rules per jurisdiction with a floor and a ceiling."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import audit
from lawcrm.personal_data import PersonalData


class RetentionRule(models.Model):
    """How long something must (floor) and may (ceiling) be kept, by which law, for which events."""

    class Start(models.TextChoices):
        CLOSING = "closing", _("Closing of the matter")
        YEAR_END = "year_end", _("End of the calendar year of closing")

    code = models.CharField(_("rule"), max_length=40)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2)
    name = models.CharField(_("name"), max_length=120)
    floor_years = models.PositiveSmallIntegerField(_("keep at least, in years"))
    ceiling_years = models.PositiveSmallIntegerField(_("keep at most, in years"))
    starts = models.CharField(_("counted from"), max_length=10, choices=Start)
    source = models.CharField(_("source in law"), max_length=200)
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until"), null=True, blank=True)

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        fields={},
        none=[
            "id",
            "code",
            "jurisdiction",
            "name",
            "floor_years",
            "ceiling_years",
            "starts",
            "source",
            "valid_from",
            "valid_to",
        ],
        purpose="accountability",
        retention="settings",
        erase="keep",
    )

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["code", "jurisdiction", "valid_from"], name="privacy_rule_once"),
            # What must be kept longer than it may be kept could never be erased lawfully.
            models.CheckConstraint(
                condition=models.Q(ceiling_years__gte=models.F("floor_years")), name="privacy_rule_floor_ceiling"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction}/{self.code}"
