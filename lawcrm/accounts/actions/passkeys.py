"""Adding, giving, renaming and removing passkeys and the authenticator app."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts import notices, queries, webauthn
from lawcrm.accounts.actions.second_factor import renew_recovery_codes
from lawcrm.accounts.actions.sessions import end_sessions
from lawcrm.accounts.actions.signing_in import SIGNED_IN, WrongCode
from lawcrm.accounts.models import Passkey, RecoverySheet, TotpDevice, User
from lawcrm.accounts.webauthn import WrongAnswer

MOST = 20


class FactorRefused(audit.Refused):
    """A change of second factors that would not do; the sentence says why."""


def wrong_passkey() -> WrongCode:
    return WrongCode(
        _("This passkey was not taken. Try again; it must be one of your own, used on this page just now.")
    )


@audit.attempt("accounts.passkey_added")
def add_passkey(
    *, actor: User, answer: dict[str, Any], challenge: str | None, name: str, now: datetime
) -> tuple[Passkey, list[str]]:
    """Keep a new passkey; answers recovery codes as well if the person has no sheet of them yet."""
    try:
        new = webauthn.made(answer, challenge or "")
    except WrongAnswer as reason:
        raise FactorRefused(_("This passkey could not be added. Start again on this page.")) from reason
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    if Passkey.objects.filter(user=actor).count() >= MOST:
        raise FactorRefused(_("These are many passkeys. Remove one you no longer use first."))
    if Passkey.objects.filter(credential_id=new.credential_id).exists():
        raise FactorRefused(_("This passkey is known here already."))
    first = not queries.has_factor(actor)
    passkey: Passkey = Passkey.objects.create(
        user=actor,
        name=name,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        transports=new.transports,
        created_at=now,
    )
    codes = [] if RecoverySheet.objects.filter(user=actor).exists() else renew_recovery_codes(actor=actor)
    if first:
        end_sessions(user=actor)
    audit.record("accounts.passkey_added", actor, passkey_id=passkey.pk)
    notices.changed(actor, "passkey", now)
    return passkey, codes


def give_passkey(
    *, actor: User, answer: dict[str, Any], challenge: str | None, now: datetime, event: str = SIGNED_IN
) -> Passkey:
    """Take the answer to a challenge; raises WrongCode. A counter that went back closes the passkey for good."""
    try:
        credential_id = webauthn.id_in(answer)
        with transaction.atomic():
            passkey = _locked(actor, credential_id=credential_id)
            count = webauthn.count_given(answer, challenge or "", passkey)
            copied = max(count, passkey.sign_count) > 0 and count <= passkey.sign_count
            if copied:
                _close(passkey, now)
            else:
                passkey.sign_count, passkey.last_used_at = count, now
                passkey.save(update_fields=["sign_count", "last_used_at"])
                audit.record(event, actor, factor="passkey", passkey_id=passkey.pk)
    except (WrongAnswer, Passkey.DoesNotExist) as reason:
        raise wrong_passkey() from reason
    if copied:
        raise WrongCode(
            _(
                "There is a copy of this passkey somewhere else, so it is closed."
                " You are signed out everywhere. Use another way in, and tell your administrator."
            )
        )
    return passkey


def rename_passkey(*, actor: User, passkey: Passkey, name: str) -> None:
    with transaction.atomic():
        passkey.name = name
        passkey.save(update_fields=["name"])
        audit.record("accounts.passkey_renamed", actor, passkey_id=passkey.pk)


@audit.attempt("accounts.passkey_removed")
def remove_passkey(*, actor: User, passkey: Passkey, now: datetime) -> None:
    """Whoever signed in with it somewhere gives another factor there at the next click."""
    _remove(actor, passkey.delete, now, "accounts.passkey_removed", passkey_id=passkey.pk)


@audit.attempt("accounts.factor_removed")
def remove_app(*, actor: User, now: datetime) -> None:
    """Stop taking one-time codes."""
    _remove(actor, TotpDevice.objects.filter(user=actor).delete, now, "accounts.factor_removed")


def _remove(actor: User, delete: Callable[[], Any], now: datetime, event: str, **facts: Any) -> None:
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    delete()
    if not queries.has_factor(actor):
        raise FactorRefused(_("This is your last second factor. Add another one first."))
    audit.record(event, actor, **facts)
    notices.changed(actor, "second_factor", now)


def _locked(actor: User, **which: Any) -> Passkey:
    usable = Passkey.objects.select_for_update(of=("self",)).filter(user=actor, confirmed=True, copied_at=None)
    passkey: Passkey = usable.get(**which)
    return passkey


def _close(passkey: Passkey, now: datetime) -> None:
    passkey.copied_at = now
    passkey.save(update_fields=["copied_at"])
    # Which of them were opened with the copy nobody can tell.
    count, _per_model = passkey.user.sessions.filter(verified=True).delete()
    audit.record("accounts.passkey_copied", passkey.user, passkey_id=passkey.pk, sessions=count)
    notices.changed(passkey.user, "copied", now)
