"""Giving a second factor: each code counts once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts import factor_rules, notices
from lawcrm.accounts.models import RecoveryCode, RecoverySheet, TotpDevice, User
from lawcrm.accounts.models.devices import DIGITS

SIGNED_IN, STEPPED_UP = "accounts.signed_in", "accounts.stepped_up"


class WrongCode(Exception):
    """The code was not taken."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("This code is not right, or was used before. Wait for the next one."))


def step_up(*, actor: User, code: str, now: datetime) -> TotpDevice | RecoverySheet:
    """Take a code of either kind from somebody who is signed in already; each counts once, here as there."""
    give = give_code if len("".join(code.split())) <= DIGITS else give_recovery_code
    return give(actor=actor, code=code, now=now, event=STEPPED_UP)


def give_code(*, actor: User, code: str, now: datetime, event: str = SIGNED_IN) -> TotpDevice:
    """Take a one-time code under the device's lock, so that the same code posted twice is taken once."""
    code = "".join(code.split())
    if not factor_rules.takes_codes(actor, now):
        raise WrongCode(_("Your role needs a passkey: give that instead of a code."))
    with transaction.atomic():
        devices: list[TotpDevice] = list(
            TotpDevice.objects.select_for_update(of=("self",)).filter(user=actor, confirmed=True)
        )
        for device in devices:
            if device.accept(code, now):
                audit.record(event, actor, factor="totp")
                return device
        stale = any(device.is_stale(code, now) for device in devices)
    if stale:
        raise WrongCode(_("This code is some minutes old. Check that your phone sets its clock by itself."))
    raise WrongCode


def give_recovery_code(*, actor: User, code: str, now: datetime, event: str = SIGNED_IN) -> RecoverySheet:
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
        audit.record(event, actor, factor="recovery")
        notices.changed(actor, "recovery", now)
        sheet: RecoverySheet = row.sheet
    return sheet
