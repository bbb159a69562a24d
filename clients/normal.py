"""What equality means for what people type: e-mail addresses, numbers, names."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.countries import CALLING
from clients.models import ContactPoint
from lawcrm.doors import safe_mail

NUMBERS = (ContactPoint.Kind.PHONE, ContactPoint.Kind.MOBILE)
NUMBER = re.compile(r"\+?[\d\s()./\-–]{4,40}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
LEAST_DIGITS, MOST_DIGITS = 4, 15
DANISH_DIGITS = 8


class UnfitPoint(ValueError):
    """The value cannot be what its kind says."""


def email(value: str) -> str:
    if not safe_mail.is_address(value):
        raise UnfitPoint(_("“%(value)s” is not an e-mail address.") % {"value": value[:80]})
    return value.lower()


def number(value: str, country: str = "") -> str:
    """Digits with the calling code where it is known: 0532 … in TR is +90532 … (E.164)."""
    digits = re.sub(r"\D", "", value)
    if not NUMBER.fullmatch(value.strip()) or not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
        raise UnfitPoint(_("“%(value)s” is not a telephone number.") % {"value": value[:80]})
    if value.lstrip().startswith("+"):
        # "+49 (0)30": the bracketed zero is dialled inside the country only.
        return "+" + re.sub(r"\D", "", value.replace("(0)", "", 1))
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if country == "DK" and len(digits) == DANISH_DIGITS:
        return f"+45{digits}"
    if digits.startswith("0") and country in CALLING:
        return f"+{CALLING[country]}{digits[1:]}"
    return digits


def point(kind: str, value: str, country: str = "") -> str:
    """The normal form of a contact point; raises UnfitPoint."""
    if kind == ContactPoint.Kind.EMAIL:
        return email(value)
    if kind in NUMBERS:
        return number(value, country)
    return value.strip().lower()


def fit_name(value: str) -> None:
    """A validator: a name is one line of text; markup is never one, and confuses whoever exports it."""
    if CONTROL.search(value) or "<" in value or ">" in value:
        raise ValidationError(_("A name holds no < or > and no line breaks or invisible signs."))


def fit_text(value: str) -> None:
    if CONTROL.search(value):
        raise ValidationError(_("This holds line breaks or invisible signs."))
