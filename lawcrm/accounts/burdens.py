"""What an account itself has: ways in, roles, groups, waiting resets and mail."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermission

from lawcrm import audit, outbox
from lawcrm.accounts.actions import account_changes, practice
from lawcrm.accounts.leaving import Burden, Successor, register
from lawcrm.accounts.models import AccountChange, GroupKind, Passkey, RecoveryCode, RecoverySheet, TotpDevice, User
from lawcrm.models.outbox import OutboxMessage

NOT_SENT = (OutboxMessage.State.QUEUED, OutboxMessage.State.UNCONFIRMED, OutboxMessage.State.FAILED)


def register_own() -> None:
    for order, (code, words, rows) in enumerate(
        (
            ("sessions", _("Signed-in devices"), lambda user: user.sessions.all()),
            ("factors", _("Authenticator apps"), lambda user: TotpDevice.objects.filter(user=user)),
            ("passkeys", _("Passkeys"), lambda user: Passkey.objects.filter(user=user)),
            ("recovery_codes", _("Recovery codes"), lambda user: RecoveryCode.objects.filter(sheet__user=user)),
            ("recovery_sheets", _("Sheets of recovery codes"), lambda user: RecoverySheet.objects.filter(user=user)),
            ("resets", _("Waiting resets"), _open_changes),
            (
                "own_grants",
                _("Permissions on single objects"),
                lambda user: UserObjectPermission.objects.filter(user=user),
            ),
        )
    ):
        register(Burden(code=code, words=words, count=_counted(rows), end_or_hand_over=_deleted(rows), order=order))
    register(Burden(code="password", words=_("Password and links to set one"), count=_password, end_or_hand_over=_lock))
    register(Burden(code="flags", words=_("Rights outside of roles"), count=_flags, end_or_hand_over=_lower_flags))
    register(Burden(code="mails", words=_("Mail not yet sent"), count=_mails_left, end_or_hand_over=_cancel_mails))
    register(Burden(code="roles", words=_("Roles"), count=_counted(_roles), end_or_hand_over=_drop_roles, order=90))
    register(
        Burden(
            code="changes_asked",
            words=_("Changes of how others sign in"),
            count=_counted(account_changes.asked_by),
            end_or_hand_over=lambda user, _to, _reason, now: account_changes.stop_all_asked_by(user, now),
            needs=("accounts.change_user",),
        )
    )
    groups, end = _counted(practice.memberships_of), practice.end_all
    register(Burden(code="practice_groups", words=_("Practice groups"), count=groups, end_or_hand_over=end, order=90))


def _open_changes(user: User) -> Any:
    return AccountChange.objects.filter(user=user, done_at=None, stopped_at=None)


def _counted(rows: Any) -> Any:
    return lambda user: rows(user).count()


def _deleted(rows: Any) -> Any:
    return lambda user, _to, _reason, _now: rows(user).delete()


def _password(user: User) -> int:
    return int(user.has_usable_password())


def _lock(user: User, _to: Successor | None, _reason: str, _now: datetime) -> None:
    """Links carry a mark made of the password, so that they end with it."""
    user.set_unusable_password()
    user.save(update_fields=["password"])


def _flags(user: User) -> int:
    return user.is_staff + user.is_superuser + user.user_permissions.count()


def _lower_flags(user: User, _to: Successor | None, _reason: str, _now: datetime) -> None:
    user.is_staff = user.is_superuser = False
    user.save(update_fields=["is_staff", "is_superuser"])
    user.user_permissions.clear()


def _mails(user: User) -> Any:
    return OutboxMessage.objects.filter(recipient_type="staff", recipient_id=user.pk, state__in=NOT_SENT)


def _mails_left(user: User) -> int:
    return int(_mails(user).count())


def _cancel_mails(user: User, _to: Successor | None, _reason: str, _now: datetime) -> None:
    outbox.cancel(_mails(user), reason="left")


def _roles(user: User) -> Any:
    return user.groups.exclude(kind__kind=GroupKind.Kind.PRACTICE)


def _drop_roles(user: User, _to: Successor | None, reason: str, _now: datetime) -> None:
    groups = list(_roles(user).order_by("pk"))
    user.groups.remove(*groups)
    for group in groups:
        audit.record("accounts.role_taken", user, reason=reason, group_id=group.pk)
