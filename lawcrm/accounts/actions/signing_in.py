"""Giving a second factor: each code counts once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts import notices
from lawcrm.accounts.models import RecoveryCode, RecoverySheet, TotpDevice, User


class WrongCode(Exception):
    """The code was not taken."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("This code is not right, or was used before. Wait for the next one."))


def give_code(*, actor: User, code: str, now: datetime) -> TotpDevice:
    """Take a one-time code under the device's lock, so that the same code posted twice is taken once."""
    code = "".join(code.split())
    with transaction.atomic():
        devices: list[TotpDevice] = list(
            TotpDevice.objects.select_for_update(of=("self",)).filter(user=actor, confirmed=True)
        )
        for device in devices:
            if device.accept(code, now):
                audit.record("accounts.signed_in", actor, factor="totp")
                return device
        stale = any(device.is_stale(code, now) for device in devices)
    if stale:
        raise WrongCode(_("This code is some minutes old. Check that your phone sets its clock by itself."))
    raise WrongCode


def give_recovery_code(*, actor: User, code: str, now: datetime) -> RecoverySheet:
    """Take a recovery code; its leading digit says which of the sheet it is."""
    letters = "".join(sign for sign in code.upper() if sign.isalnum())
    wrong = WrongCode(_("This recovery code is not right, or was used before."))
    if not letters[:1].isdecimal():
        raise wrong
    with transaction.atomic():
        rows = RecoveryCode.objects.select_for_update(of=("self",)).select_related("sheet")
        row = rows.filter(sheet__user=actor, sheet__confirmed=True, number=int(letters[0])).first()
        if row is None or not row.accept(letters, now):
            raise wrong
        audit.record("accounts.signed_in", actor, factor="recovery")
        notices.changed(actor, "recovery", now)
        sheet: RecoverySheet = row.sheet
    return sheet
