"""Changing how somebody signs in: one administrator asks, another confirms, and it goes to the person alone."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts import change_notices, notices, queries
from lawcrm.accounts.actions import waiting
from lawcrm.accounts.actions.second_factor import ALPHABET, LETTERS, forget_factors
from lawcrm.accounts.actions.sessions import end_sessions
from lawcrm.accounts.models import AccountChange, SealedCode, User

Kind = AccountChange.Kind
CODES = 10


class ChangeRefused(audit.Refused):
    """A change of how somebody signs in that these people cannot make."""


class SecondTooNew(ChangeRefused):
    """Else an administrator would invite their own second one."""

    def __init__(self) -> None:
        super().__init__(_("Who became administrator a short while ago confirms nothing yet."))


class AddressTaken(ChangeRefused):
    def __init__(self) -> None:
        super().__init__(_("This address is or was that of another account, or is promised to one."))


class EnvelopeStaysSealed(ChangeRefused):
    def __init__(self) -> None:
        super().__init__(_("There is another administrator, who confirms this. The envelope stays sealed."))


class AskerKeepsNothing(ChangeRefused):
    def __init__(self) -> None:
        super().__init__(_("Who asked for this keeps no accounts any more. Stop it; another administrator asks anew."))


class NotAnAdministrator(ChangeRefused):
    def __init__(self) -> None:
        super().__init__(_("There is no active administrator with this address."))


class WrongSealedCode(ChangeRefused):
    def __init__(self) -> None:
        super().__init__(_("This code is not one of the envelope's, or was used before."))


@audit.attempt("accounts.change_asked", on="user")
def ask(  # noqa: PLR0913 - who asks what for whom, why and when
    *, actor: User, user: User, kind: Kind, reason: str, now: datetime, new_email: str = ""
) -> AccountChange:
    """Nothing happens until somebody else confirms."""
    if user == actor:
        raise ChangeRefused(_("Two other administrators do this for your own account."))
    if not user.is_active:
        raise ChangeRefused(_("This account is not active."))
    if not reason.strip():
        raise ChangeRefused(_("Say why: the reason is kept."))
    if _open(user).filter(kind=kind).exists():
        raise ChangeRefused(_("The same was asked for this person already and waits."))
    new_email = new_email.strip().lower() if kind == Kind.ADDRESS else ""
    if kind == Kind.ADDRESS:
        _require_free(new_email, user)
    audit.record("accounts.change_asked", user, reason=reason, change=kind)
    return AccountChange.objects.create(
        user=user, kind=kind, new_email=new_email, asked_by=actor, reason=reason.strip()[:200], asked_at=now
    )


@audit.attempt("accounts.change_confirmed", on="change")
def confirm(*, actor: User, change: AccountChange, now: datetime) -> None:
    """The second administrator agrees: it is carried out, or for an address announced."""
    change = _waiting(change)
    if actor.pk in (change.asked_by_id, change.user_id):
        raise ChangeRefused(_("A second administrator confirms, not the one who asked and not the person."))
    if not queries.is_settled_administrator(actor, now):
        raise SecondTooNew
    change.confirmed_by = actor
    _agreed(change, now)


@audit.attempt("accounts.change_confirmed", on="change")
def confirm_by_envelope(*, actor: User, change: AccountChange, code: str, now: datetime) -> None:
    """In a firm without a second administrator a code of the sealed envelope stands in; every partner is told."""
    change = _waiting(change)
    if actor.pk == change.user_id:
        raise ChangeRefused(_("Two other administrators do this for your own account."))
    others = queries.settled_administrators(now, apart_from=(change.asked_by_id, change.user_id))
    if queries.able_to_sign_in(others, now):
        raise EnvelopeStaysSealed
    _agreed_by_envelope(change, code, now)


@audit.attempt("accounts.envelope_used", on="user")
def recover(*, user: User, code: str, new_email: str, reason: str, now: datetime) -> AccountChange:
    """At the server, for an administrator whom no other one can help: a new factor, or with one a new address."""
    if not _keeps_accounts(user):
        raise NotAnAdministrator
    kind = Kind.ADDRESS if new_email else Kind.FACTOR
    new_email = new_email.strip().lower()
    if new_email:
        _require_free(new_email, user)
    for other in _open(user).filter(kind=kind):
        stop(change=other, now=now)
    change = AccountChange.objects.create(
        user=user, kind=kind, new_email=new_email, asked_by=user, reason=reason, asked_at=now
    )
    _agreed_by_envelope(change, code, now)
    return change


@audit.attempt("accounts.change_stopped", on="change")
def stop(*, change: AccountChange, now: datetime) -> None:
    """The person objects, or an administrator thinks again: nothing of it will happen."""
    change = AccountChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if not change.is_open:
        raise ChangeRefused(_("This was decided before."))
    change.stopped_at = now
    change.save(update_fields=["stopped_at"])
    audit.record("accounts.change_stopped", change.user, change=change.kind)
    change_notices.stopped(change, now)


def stop_all_asked_by(user: User, now: datetime) -> None:
    """What somebody asked for who keeps no accounts any more."""
    for change in asked_by(user).order_by("pk"):
        stop(change=change, now=now)


def asked_by(user: User) -> QuerySet[AccountChange]:
    return AccountChange.objects.filter(asked_by=user, done_at=None, stopped_at=None)


def carry_out_due(*, now: datetime) -> int:
    """Addresses whose time to object is over."""
    waiting = AccountChange.objects.filter(done_at=None, stopped_at=None, due_at__lte=now).order_by("pk")
    due = waiting.filter(kind=Kind.ADDRESS, confirmed_at__isnull=False).select_related("asked_by")
    changes = list(due.select_for_update(of=("self",), skip_locked=True))
    wanted = [change for change in changes if _keeps_accounts(change.asked_by)]
    for change in changes:
        if change in wanted:
            _carry_out(change, now)
        else:
            stop(change=change, now=now)
    return len(wanted)


def _keeps_accounts(user: User) -> bool:
    return user.is_active and not user.has_ended and user.keeps_accounts


def seal_envelope(*, now: datetime) -> list[str]:
    """New codes, shown once; those of an older envelope are void."""
    codes = [f"{number}{''.join(secrets.choice(ALPHABET) for _n in range(LETTERS))}" for number in range(CODES)]
    SealedCode.objects.all().delete()
    SealedCode.objects.bulk_create(
        SealedCode(number=int(code[0]), digest=make_password(code), sealed_at=now) for code in codes
    )
    return [f"{code[0]}-{code[1:6]}-{code[6:]}" for code in codes]


def _open(user: User) -> QuerySet[AccountChange]:
    return AccountChange.objects.filter(user=user, done_at=None, stopped_at=None)


def _waiting(change: AccountChange) -> AccountChange:
    rows = AccountChange.objects.select_for_update(of=("self",)).select_related("user", "asked_by")
    found = rows.get(pk=change.pk)
    if not found.waits_for_second:
        raise ChangeRefused(_("This was decided before."))
    if not found.user.is_active:
        raise ChangeRefused(_("This account is not active."))
    if not _keeps_accounts(found.asked_by):
        raise AskerKeepsNothing
    return found


def _require_free(email: str, user: User) -> None:
    """Not an address that is, was or will be another account's: mail to it would reach somebody else."""
    others = User.objects.exclude(pk=user.pk).filter(Q(email=email) | Q(past__email=email))
    promised = AccountChange.objects.filter(kind=Kind.ADDRESS, new_email=email, done_at=None, stopped_at=None)
    if not email or others.exists() or promised.exists() or user.email == email:
        raise AddressTaken


def _opened(code: str, now: datetime) -> SealedCode:
    letters = "".join(sign for sign in code.upper() if sign.isalnum())
    number = int(letters[0]) if letters[:1].isdecimal() else -1
    row = SealedCode.objects.select_for_update().filter(number=number).first()
    if row is None or not row.fits(letters):
        raise WrongSealedCode
    row.used_at = now
    row.save(update_fields=["used_at"])
    return row


def _agreed_by_envelope(change: AccountChange, code: str, now: datetime) -> None:
    change.sealed_code = _opened(code, now)
    _agreed(change, now)
    audit.record("accounts.envelope_used", change.user, reason=change.reason, change=change.kind)
    change_notices.envelope_used(change, now)


def _agreed(change: AccountChange, now: datetime) -> None:
    change.confirmed_at = now
    by = {"asked_by": change.asked_by_id, "confirmed_by": change.confirmed_by_id}
    audit.record("accounts.change_confirmed", change.user, reason=change.reason, change=change.kind, **by)
    if change.kind == Kind.ADDRESS:
        change.due_at = now + timedelta(hours=settings.ADDRESS_CHANGE_HOURS)
        change.save()
        change_notices.address_changes(change, now)
        return
    change.save()
    _carry_out(change, now)


def _carry_out(change: AccountChange, now: datetime) -> None:
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=change.user_id)
    if change.kind == Kind.ADDRESS:
        if User.objects.filter(email=change.new_email).exists():  # invited meanwhile
            stop(change=change, now=now)
            return
        user.email = change.new_email
        user.save(update_fields=["email"])
        end_sessions(user=user)
    elif change.kind == Kind.FACTOR:
        forget_factors(user)
        # Whoever knows the old password must not be the one who enrols the next device.
        user.set_unusable_password()
        user.save(update_fields=["password"])
        end_sessions(user=user)
    if change.kind != Kind.ADDRESS:
        notices.password_link(user, now)
    waiting.begin(user, now)
    change_notices.signs_in_anew(user, now)
    change.done_at = now
    change.save(update_fields=["done_at"])
    audit.record("accounts.change_made", user, reason=change.reason, change=change.kind)
