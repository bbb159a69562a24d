"""Passkeys: public keys of devices that ask their person for a finger, a face or a number."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device

from lawcrm.personal_data import PersonalData

# WebAuthn Level 3, 5.8.4; what a browser says beyond these is not kept.
TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})
LONGEST_ID = 1023  # bytes (WebAuthn Level 3, 4 "Credential ID")


class Passkey(Device):  # type: ignore[misc]
    """One passkey. Nothing here is secret: the private key never leaves the person's device."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential_id = models.BinaryField(max_length=LONGEST_ID, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    transports = ArrayField(models.CharField(max_length=20), default=list)
    created_at = models.DateTimeField(_("added"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    # Set when its counter went back: somebody else holds a copy, and neither gets in with it any more.
    copied_at = models.DateTimeField(_("found to be copied"), null=True)

    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={
            "user": "technical",
            "name": "free_text",
            "credential_id": "credential",
            "public_key": "credential",
            "created_at": "technical",
            "last_used_at": "technical",
            "copied_at": "technical",
        },
        none=["confirmed", "public_id", "sign_count", "transports"],
        purpose="security",
        retention="staff",
        erase="delete",
    )

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        ordering: ClassVar[list[str]] = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"passkey {self.pk}"
