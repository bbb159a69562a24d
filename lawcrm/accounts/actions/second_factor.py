"""Setting up, replacing and resetting the second factor."""

import secrets
from base64 import b32encode
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from lawcrm import audit
from lawcrm.accounts import notices
from lawcrm.accounts.actions.sessions import end_sessions
from lawcrm.accounts.actions.signing_in import WrongCode
from lawcrm.accounts.models import Passkey, RecoveryCode, RecoverySheet, TotpDevice, User

SECRET_BYTES = 20  # RFC 4226 4: 160 bits recommended
# Without letters and digits that are mistaken for each other on paper.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODES, LETTERS = 10, 10


def begin_enrolment(*, actor: User) -> TotpDevice:
    """Make a new, yet unconfirmed secret; a forgotten attempt is replaced."""
    with transaction.atomic():
        TotpDevice.objects.filter(user=actor, confirmed=False).delete()
        return install_device(user=actor, secret=b32encode(secrets.token_bytes(SECRET_BYTES)).decode(), confirmed=False)


def install_device(*, user: User, secret: str, confirmed: bool = True) -> TotpDevice:
    """Give a person an authenticator with a known secret."""
    device: TotpDevice = TotpDevice.objects.create(
        user=user, name="", confirmed=confirmed, sealed_for=user.public_id, secret=secret
    )
    return device


def confirm_enrolment(*, actor: User, code: str, now: datetime) -> tuple[TotpDevice, list[str]]:
    """Take the first code of the new device, drop the old ones, end the other sessions; answers recovery codes."""
    with transaction.atomic():
        pending = TotpDevice.objects.select_for_update(of=("self",)).filter(user=actor, confirmed=False).first()
        if pending is None or not pending.accept("".join(code.split()), now):
            raise WrongCode
        TotpDevice.objects.filter(user=actor, confirmed=True).delete()
        pending.confirmed = True
        pending.save(update_fields=["confirmed"])
        codes = renew_recovery_codes(actor=actor)
        end_sessions(user=actor)
        audit.record("accounts.factor_set_up", actor)
        notices.changed(actor, "second_factor", now)
    return pending, codes


def renew_recovery_codes(*, actor: User) -> list[str]:
    """A new sheet; the codes are answered once and kept only as hashes."""
    codes = [f"{number}{''.join(secrets.choice(ALPHABET) for _n in range(LETTERS))}" for number in range(CODES)]
    with transaction.atomic():
        RecoverySheet.objects.filter(user=actor).delete()
        sheet = RecoverySheet.objects.create(user=actor, name="")
        RecoveryCode.objects.bulk_create(
            RecoveryCode(sheet=sheet, number=int(code[0]), digest=make_password(code)) for code in codes
        )
        audit.record("accounts.recovery_codes_renewed", actor)
    return [f"{code[0]}-{code[1:6]}-{code[6:]}" for code in codes]


def forget_factors(user: User) -> None:
    Passkey.objects.filter(user=user).delete()
    TotpDevice.objects.filter(user=user).delete()
    RecoverySheet.objects.filter(user=user).delete()
