"""The days on which courts are closed: what the library says, and what the firm knows better."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deadlines.models.withdrawal import Withdrawable
from lawcrm import audit
from lawcrm.personal_data import PersonalData

USER = settings.AUTH_USER_MODEL


class HolidayCalendar(models.Model):
    """Known from the first day to the last; beyond, nothing is computed. `made_from` is the hash of its days."""

    code = models.CharField(_("calendar"), max_length=20, unique=True)
    first_on = models.DateField(_("known from"))
    last_on = models.DateField(_("known until"))
    made_from = models.CharField(max_length=64)

    personal_data = PersonalData(subject="none", none=["code", "first_on", "last_on", "made_from"])

    class Meta:
        verbose_name = _("calendar of holidays")
        verbose_name_plural = _("calendars of holidays")
        default_permissions = ()

    def __str__(self) -> str:
        return self.code


class HolidayDay(models.Model):
    """A day as the pinned library has it; filled by the program alone."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("Public holiday")
        HALF_DAY = "half_day", _("Half day")
        SPECIAL = "special", _("Day of rest by law or custom")
        COURT = "court", _("Court closed")
        OWN = "own", _("The firm's own")

    calendar = models.ForeignKey(HolidayCalendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=200)

    personal_data = PersonalData(subject="none", none=["calendar", "day", "kind", "name"])

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day", "kind"], name="deadlines_holiday_once"),
        ]

    def __str__(self) -> str:
        return f"holiday {self.pk}"


class OwnHoliday(Withdrawable):
    """What the firm says of a day: closed though the library has it open, or open though closed. Never deleted.

    A half day is an open one.
    """

    calendar = models.ForeignKey(HolidayCalendar, on_delete=models.PROTECT, related_name="own_days")
    day = models.DateField(_("day"))
    is_closed = models.BooleanField(_("closed"))
    kind = models.CharField(_("kind"), max_length=8, choices=HolidayDay.Kind, default=HolidayDay.Kind.OWN)
    name = models.CharField(_("name"), max_length=100)
    reason = models.CharField(_("reason"), max_length=200)
    entered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    entered_at = models.DateTimeField(editable=False)

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        none=[
            *("public_id", "calendar", "day", "is_closed", "kind", "name", "reason", "entered_by", "entered_at"),
            *("withdrawn_by", "withdrawn_at", "withdrawn_reason"),
        ],
    )

    class Meta:
        verbose_name = _("own holiday")
        verbose_name_plural = _("own holidays")
        default_permissions = ()
        permissions = [("keep_holidays", "Enter days on which a court is closed or open after all")]
        constraints = [
            # A day is either closed or open.
            models.UniqueConstraint(
                fields=["calendar", "day"],
                name="deadlines_own_holiday_once",
                condition=models.Q(withdrawn_at__isnull=True),
            ),
            # Whoever is open for half a day is not closed.
            models.CheckConstraint(
                condition=models.Q(is_closed=False) | ~models.Q(kind="half_day"), name="deadlines_own_half_day_is_open"
            ),
        ]

    def __str__(self) -> str:
        return f"own holiday {self.pk}"

    @property
    def is_half(self) -> bool:
        return self.kind == HolidayDay.Kind.HALF_DAY
