"""Changes to how somebody signs in, which two people decide, and the codes in the sealed envelope."""

import uuid
from typing import ClassVar

from django.contrib.auth.hashers import check_password
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models.people import User
from lawcrm.personal_data import PersonalData


class SealedCode(models.Model):
    """One code of the envelope put away at set-up: stands in for the second administrator once."""

    number = models.PositiveSmallIntegerField(unique=True)
    digest = models.CharField(max_length=128)
    sealed_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    personal_data = PersonalData(subject="none", none=["number", "digest", "sealed_at", "used_at"])

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"sealed code {self.pk}"

    def fits(self, code: str) -> bool:
        """The caller holds the row's lock."""
        return self.used_at is None and check_password(code, self.digest)


class AccountChange(models.Model):
    """A new password, second factor or sign-in address for somebody: asked by one, confirmed by another."""

    class Kind(models.TextChoices):
        PASSWORD = "password", _("Link for a new password")
        FACTOR = "factor", _("Reset of the second factor")
        ADDRESS = "address", _("New sign-in address")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=8, choices=Kind, default=Kind.FACTOR)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="account_changes")
    new_email = models.EmailField(_("new address"), blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    asked_at = models.DateTimeField(_("asked at"))
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    sealed_code = models.ForeignKey(SealedCode, on_delete=models.SET_NULL, related_name="+", null=True)
    # An address changes only then: until that moment the person can object.
    due_at = models.DateTimeField(_("takes effect at"), null=True)
    done_at = models.DateTimeField(_("done at"), null=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True)

    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={
            "user": "technical",
            "new_email": "contact",
            "asked_by": "technical",
            "reason": "free_text",
            "asked_at": "technical",
            "confirmed_by": "technical",
            "confirmed_at": "technical",
            "due_at": "technical",
            "done_at": "technical",
            "stopped_at": "technical",
        },
        none=["public_id", "kind", "sealed_code"],
        purpose="security",
        retention="staff",
        erase="delete",
    )

    class Meta:
        verbose_name = _("change of how somebody signs in")
        verbose_name_plural = _("changes of how people sign in")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                # Four eyes: who asked cannot confirm, and nobody does it to themselves.
                condition=(~models.Q(confirmed_by=models.F("asked_by")) & ~models.Q(confirmed_by=models.F("user")))
                | models.Q(confirmed_by=None),
                name="accounts_change_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=models.Q(done_at=None, stopped_at=None),
                name="accounts_change_once",
            ),
            # An account can be promised one address, and an address to one account.
            models.UniqueConstraint(
                fields=["new_email"],
                condition=models.Q(kind="address", done_at=None, stopped_at=None),
                name="accounts_change_address_once",
            ),
        ]

    def __str__(self) -> str:
        return f"account change {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.stopped_at is None

    @property
    def waits_for_second(self) -> bool:
        return self.is_open and self.confirmed_at is None
