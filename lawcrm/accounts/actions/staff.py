"""Coming and going of staff."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts import notices
from lawcrm.accounts.actions.second_factor import forget_factors
from lawcrm.accounts.actions.sessions import end_sessions
from lawcrm.accounts.models import FactorReset, GroupKind, User


class OwnAccount(Exception):
    """Nobody gives themselves rights, or ends their own access by a slip."""

    def __init__(self) -> None:
        super().__init__(_("Another administrator does this for your own account."))


def invite(*, actor: User, user: User, now: datetime) -> User:
    """Create the account and send the person a link to choose a password; nobody else ever knows it."""
    with transaction.atomic():
        user.email = user.email.strip().lower()
        user.set_unusable_password()
        user.save()
        audit.record("accounts.invited", user, invited_by=actor.pk)
        notices.invitation(user, now)
    return user


def change_facts(*, actor: User, user: User, fields: list[str]) -> None:
    """Save facts about a person; the sign-in address, password and factor are not among them."""
    allowed = [name for name in fields if name in {"full_name", "initials", "language", "time_zone", "ends_on"}]
    with transaction.atomic():
        user.save(update_fields=allowed)
        audit.record("accounts.changed", user, changed_by=actor.pk, count=len(allowed))


def give_roles(*, actor: User, user: User, roles: list[Group]) -> None:
    """Set a person's roles; practice groups, which give sight, stay untouched."""
    held = set(user.groups.filter(kind__kind=GroupKind.Kind.ROLE))
    if held == set(roles):
        return
    if actor == user:
        raise OwnAccount
    with transaction.atomic():
        taken, given = held.difference(roles), set(roles).difference(held)
        user.groups.remove(*taken)
        user.groups.add(*given)
        for kind, groups in (("accounts.role_taken", taken), ("accounts.role_given", given)):
            for group in groups:
                audit.record(kind, user, group_id=group.pk)


def end_access(*, actor: User | None, user: User, reason: str, now: datetime) -> None:
    """End everything that lets a person in. Re-activating later brings none of it back."""
    if actor == user:
        raise OwnAccount
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        end_sessions(user=user)
        forget_factors(user)
        FactorReset.objects.filter(user=user, confirmed_at=None).delete()
        audit.record("accounts.access_ended", user, reason=reason, at=now)


def reactivate(*, actor: User, user: User, reason: str, now: datetime) -> None:
    """Open the account again; the person starts with a new password and a new second factor."""
    if actor == user:
        raise OwnAccount
    with transaction.atomic():
        user.is_active, user.ends_on = True, None
        user.save(update_fields=["is_active", "ends_on"])
        audit.record("accounts.reactivated", user, reason=reason)
        notices.invitation(user, now)
