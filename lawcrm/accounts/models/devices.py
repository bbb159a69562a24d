"""Second factors: a sealed secret for one-time codes, hashed codes for the day the phone is lost."""

import hmac
from base64 import b32decode
from datetime import datetime
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device
from django_otp.oath import hotp

from lawcrm.crypto.fields import SealedTextField
from lawcrm.personal_data import PersonalData

STEP = 30  # seconds (RFC 6238 4.1)
DIGITS = 6
# A phone that runs behind is told so up to here; codes of the past are no use to a thief.
STALE_STEPS = 10


def step_at(now: datetime) -> int:
    return int(now.timestamp()) // STEP


class TotpDevice(Device):  # type: ignore[misc]
    """An authenticator app. A code is taken once, in its own 30 seconds or the 30 after (docs/decisions)."""

    sealed_for = models.UUIDField(editable=False)
    secret = SealedTextField(owner="sealed_for")
    last_step = models.BigIntegerField(default=-1)
    late_in_row = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={
            "user": "technical",
            "name": "technical",
            "secret": "credential",
            "created_at": "technical",
            "last_used_at": "technical",
        },
        none=["confirmed", "sealed_for", "last_step", "late_in_row"],
        purpose="security",
        retention="staff",
        erase="delete",
    )

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")

    def __str__(self) -> str:
        return f"authenticator {self.pk}"

    def code_at(self, step: int) -> str:
        return f"{hotp(b32decode(self.secret), step, DIGITS):0{DIGITS}d}"

    def accept(self, code: str, now: datetime) -> bool:
        """Take a code; the caller holds the row's lock, or the same code is taken twice."""
        current = step_at(now)
        for step in (current, current - 1):
            if step > self.last_step and hmac.compare_digest(self.code_at(step).encode(), code.encode()):
                self.last_step, self.last_used_at = step, now
                self.late_in_row = 0 if step == current else self.late_in_row + 1
                self.save(update_fields=["last_step", "last_used_at", "late_in_row"])
                return True
        return False

    def is_stale(self, code: str, now: datetime) -> bool:
        """Whether the code was right some minutes ago: the phone's clock, or ours, is off."""
        current = step_at(now)
        stale = range(max(current - STALE_STEPS, 0), current - 1)
        return any(hmac.compare_digest(self.code_at(step).encode(), code.encode()) for step in stale)

    def verify_token(self, token: object) -> bool:
        return self.accept(str(token), timezone.now())

    @property
    def address(self) -> str:
        """What the QR code says (otpauth, as read by authenticator apps)."""
        label = quote(f"{settings.OTP_TOTP_ISSUER}:{self.user.email}")
        facts = {"secret": self.secret, "issuer": settings.OTP_TOTP_ISSUER, "digits": DIGITS, "period": STEP}
        return f"otpauth://totp/{label}?{urlencode(facts, quote_via=quote)}"


class RecoverySheet(Device):  # type: ignore[misc]
    """The printed sheet of recovery codes; a new sheet replaces the old one."""

    created_at = models.DateTimeField(auto_now_add=True)

    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={"user": "technical", "name": "technical", "created_at": "technical"},
        none=["confirmed"],
        purpose="security",
        retention="staff",
        erase="delete",
    )

    class Meta:
        verbose_name = _("sheet of recovery codes")
        verbose_name_plural = _("sheets of recovery codes")

    def __str__(self) -> str:
        return f"recovery sheet {self.pk}"


class RecoveryCode(models.Model):
    """One code of a sheet. Its number is part of what is typed, so that one slow hash is checked, not ten."""

    sheet = models.ForeignKey(RecoverySheet, on_delete=models.CASCADE, related_name="codes")
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        subject="staff",
        path="sheet__user",
        fields={"digest": "credential", "used_at": "technical"},
        none=["sheet", "number"],
        purpose="security",
        retention="staff",
        erase="delete",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="accounts_recovery_code_number")]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"

    def accept(self, code: str, now: datetime) -> bool:
        """Take the code once; the caller holds the row's lock."""
        if self.used_at is not None or not check_password(code, self.digest):
            return False
        self.used_at = now
        self.save(update_fields=["used_at"])
        return True
