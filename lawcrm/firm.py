"""Setting up the firm: its facts, its first administrator, and a proof that storage and mail work."""

import io
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts import links
from lawcrm.accounts.actions import account_changes
from lawcrm.accounts.actions.second_factor import SECRET_BYTES, install_device, renew_recovery_codes
from lawcrm.accounts.actions.staff import invite
from lawcrm.accounts.models import User
from lawcrm.crypto import files
from lawcrm.doors import safe_mail
from lawcrm.models.firm import ONLY, Firm

COUNTRY_LETTERS = 2
LONGEST_NUMBER, MOST_IN_A_YEAR, RANDOM_PLACES = 20, 99_999, 6


class AlreadySetUp(Exception):
    """A firm is set up once; afterwards an administrator changes what has to be changed."""

    def __init__(self) -> None:
        super().__init__(_("The firm has been set up before."))


class UnfitAnswer(Exception):
    """An answer that cannot be used; the words say what would be right."""


class StorageFails(Exception):
    """A file that was written does not come back as it was."""

    def __init__(self) -> None:
        super().__init__(_("A test file did not come back as it was written; look at FILES_ROOT."))


@dataclass(frozen=True)
class FirmFacts:
    """What is asked at the first set-up."""

    name: str
    country: str
    languages: list[str]
    time_zone: str
    number_format: str = "{year}-{number:04d}"


@dataclass(frozen=True)
class Enrolment:
    """What the first administrator is shown once and nowhere kept in clear."""

    password_link: str
    authenticator: str = ""
    recovery_codes: tuple[str, ...] = ()
    envelope: tuple[str, ...] = ()


def check_facts(facts: FirmFacts) -> None:
    """Raises UnfitAnswer for the first fact that does not hold."""
    offered = [code for code, _name in settings.SPOKEN_LANGUAGES]
    if not facts.name.strip():
        raise UnfitAnswer(_("The firm needs a name."))
    if len(facts.country) != COUNTRY_LETTERS or not facts.country.isascii() or not facts.country.isupper():
        raise UnfitAnswer(_("The country is two capital letters, such as DK."))
    if not facts.languages or set(facts.languages) - set(offered):
        raise UnfitAnswer(_("Languages on offer: %(codes)s.") % {"codes": ", ".join(offered)})
    if facts.time_zone not in available_timezones():
        raise UnfitAnswer(_("The time zone is a place such as Europe/Copenhagen."))
    check_number_format(facts.number_format)


def typed_number(text: str) -> str:
    """A matter's number as it is kept, whatever spaces and small letters somebody typed it with."""
    return "".join(text.split()).upper()


def check_number_format(pattern: str) -> None:
    """Two numbers of two years must be four different texts, and a random part stands alone in its year."""
    try:
        made = {
            pattern.format(year=year, number=number, random=f"R{number}") for year in (2026, 2027) for number in (1, 2)
        }
    except (KeyError, ValueError, IndexError, AttributeError):
        made = set()
    if len(made) < 2 or ("{year" in pattern and len(made) < 4):  # noqa: PLR2004
        raise UnfitAnswer(
            _("The form of matter numbers needs {number}, and {year} if they start anew each year; or {year}-{random}.")
        )
    if any(number != typed_number(number) for number in made):
        raise UnfitAnswer(_("A matter number has no spaces and no small letters, so that it is found however typed."))
    if len(pattern.format(year=2026, number=MOST_IN_A_YEAR, random="R" * RANDOM_PLACES)) > LONGEST_NUMBER:
        raise UnfitAnswer(_("A matter number has at most %d characters.") % LONGEST_NUMBER)
    if "{random" in pattern and ("{number" in pattern or "{year}" not in pattern):
        raise UnfitAnswer(_("Beside {random} stands {year}, and no {number}, which would tell how many there are."))


@transaction.atomic
def change_number_format(pattern: str) -> Firm:
    """For matters opened from now on; the others keep theirs. Raises UnfitAnswer."""
    check_number_format(pattern)
    firm = Firm.objects.select_for_update(of=("self",)).filter(pk=ONLY).first()
    if firm is None:
        raise UnfitAnswer(_("The firm has not been set up yet."))
    firm.number_format = pattern
    firm.save()
    audit.record("firm.numbers_changed", firm, random="{random" in pattern)
    return firm


@transaction.atomic
def establish(*, facts: FirmFacts, now: datetime) -> Firm:
    """Write the firm's one row. Raises UnfitAnswer and AlreadySetUp."""
    check_facts(facts)
    if Firm.current() is not None:
        raise AlreadySetUp
    firm = Firm.objects.create(
        pk=ONLY,
        name=facts.name.strip(),
        country=facts.country,
        languages=facts.languages,
        time_zone=facts.time_zone,
        number_format=facts.number_format,
        set_up_at=now,
    )
    audit.record("firm.set_up", firm)
    return firm


@transaction.atomic
def set_up(*, facts: FirmFacts, email: str, full_name: str, enrol: bool, now: datetime) -> Enrolment:
    """Establish the firm with its first administrator, or leave nothing behind.

    Raises UnfitAnswer, AlreadySetUp and StorageFails.
    """
    firm = establish(facts=facts, now=now)
    if not safe_mail.is_address(email) or not full_name.strip():
        raise UnfitAnswer(_("The administrator needs a name and an e-mail address."))
    user = User(email=email, full_name=full_name.strip(), language=firm.languages[0], time_zone=firm.time_zone)
    user.is_staff = True
    invite(actor=user, user=user, now=now)
    user.groups.add(Group.objects.get(name="administrator"))
    test_storage(user)
    enrolment = enrol_now(user) if enrol else Enrolment("")
    path = reverse("accounts:password_link", args=[links.make(user, "invitation")])
    envelope = tuple(account_changes.seal_envelope(now=now))
    return Enrolment(settings.SITE_URL + path, enrolment.authenticator, enrolment.recovery_codes, envelope)


def enrol_now(user: User) -> Enrolment:
    device = install_device(user=user, secret=b32encode(secrets.token_bytes(SECRET_BYTES)).decode())
    return Enrolment("", device.address, tuple(renew_recovery_codes(actor=user)))


def test_storage(user: User) -> None:
    """Write, read and delete an encrypted file. Raises StorageFails."""
    content = secrets.token_bytes(100_000)
    stored = files.seal_file(io.BytesIO(content), user.public_id, label="storage test")
    try:
        with files.open_file(stored.name, user.public_id, "storage test") as opened:
            if opened.read() != content:
                raise StorageFails
    finally:
        files.remove(stored.name)


def test_mail(address: str, *, now: datetime) -> safe_mail.Delivery:
    """Hand one mail to the mail server now, past the outbox, to see whether it takes it."""
    mail = safe_mail.Mail(
        to=address,
        subject=_("LawCRM can send mail"),
        text=_("This mail was asked for by an administrator of %(site)s.") % {"site": settings.SITE_URL},
    )
    with safe_mail.PostOffice() as office:
        return office.send(mail, message_id=f"<{now.timestamp():.0f}.{secrets.token_hex(8)}@lawcrm.invalid>")


@transaction.atomic
def recover_administrator(email: str, code: str, new_email: str, *, now: datetime) -> None:
    """By a code of the envelope. Raises audit.Refused, and UnfitAnswer for an address that is none."""
    if new_email and not safe_mail.is_address(new_email):
        raise UnfitAnswer(_("The new address is no e-mail address."))
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise account_changes.NotAnAdministrator
    reason = "envelope opened at the server"
    account_changes.recover(user=user, code=code, new_email=new_email, reason=reason, now=now)


def renew_envelope(*, now: datetime) -> list[str]:
    """New codes for the sealed envelope; the old ones are void."""
    codes = account_changes.seal_envelope(now=now)
    audit.record("firm.envelope_sealed", Firm.objects.get(pk=ONLY), count=len(codes))
    return codes


@transaction.atomic
def release_mail() -> bool:
    """Let mail go out again after a restore; whether it was held at all."""
    firm = Firm.objects.select_for_update(of=("self",)).filter(mail_held_at__isnull=False).first()
    if firm is None:
        return False
    firm.mail_held_at = None
    firm.save(update_fields=["mail_held_at"])
    audit.record("firm.mail_released", firm)
    return True
