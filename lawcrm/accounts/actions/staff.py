"""Coming and going of staff."""

import logging
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from lawcrm import audit
from lawcrm.accounts import change_notices, leaving, notices
from lawcrm.accounts.actions import records, waiting
from lawcrm.accounts.models import GroupKind, LeavingRecord, User

logger = logging.getLogger(__name__)
Kind = LeavingRecord.Kind


class OwnAccount(audit.Refused):
    """Nobody gives themselves rights, or ends their own access by a slip."""

    def __init__(self) -> None:
        super().__init__(_("Another administrator does this for your own account."))


class EndTooFar(audit.Refused):
    def __init__(self) -> None:
        days = settings.EXTERNAL_ACCOUNT_DAYS
        super().__init__(_("An account from outside ends on a day, at most %d days from now.") % days)


def check_end(ends_on: date | None, now: datetime) -> None:
    """The last day of an account from outside: some day from today on, not beyond the firm's limit."""
    today = timezone.localdate(now)
    if ends_on is None or not today <= ends_on <= today + timedelta(days=settings.EXTERNAL_ACCOUNT_DAYS):
        raise EndTooFar


@audit.attempt("accounts.extended", on="user")
def extend(*, actor: User, user: User, ends_on: date, reason: str, now: datetime) -> None:  # noqa: ARG001
    """A new last day for somebody from outside; whether this actor may is for the room that knows the matters."""
    check_end(ends_on, now)
    user = locked(user)
    before, user.ends_on = user.ends_on, ends_on
    user.save(update_fields=["ends_on"])
    audit.record("accounts.extended", user, reason=reason, before=before, ends_on=ends_on)


class WithoutReason(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("Say why: the reason is kept."))


def invite(*, actor: User, user: User, now: datetime) -> User:
    """Create the account and send the person a link to choose a password; nobody else ever knows it."""
    if user.is_external:
        check_end(user.ends_on, now)
    with transaction.atomic():
        user.email = user.email.strip().lower()
        user.set_unusable_password()
        user.powers_from = waiting.from_when(now)
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


@audit.attempt("accounts.role_given", on="user")
def give_roles(  # noqa: PLR0913 - who changes whose function to what, why, when, and who takes over
    *, actor: User, user: User, roles: list[Group], reason: str, now: datetime, successor: User | None = None
) -> None:
    """Set a person's roles. What only a role taken away covered ends with it, or passes to the successor."""
    held = set(user.groups.filter(kind__kind=GroupKind.Kind.ROLE))
    if held == set(roles):
        return
    if actor == user:
        raise OwnAccount
    user = locked(user)
    to = leaving.successor(user, successor) if successor else None
    before = user.role_permissions()
    taken, given = held.difference(roles), set(roles).difference(held)
    user.groups.remove(*taken)
    user.groups.add(*given)
    if waiting.reach_of(given) - waiting.reach_of(held):
        waiting.begin(user, now)
    change_notices.more_rights(user, given, now)
    for kind, groups in (("accounts.role_taken", taken), ("accounts.role_given", given)):
        for group in groups:
            audit.record(kind, user, reason=reason, group_id=group.pk)
    user = User.objects.get(pk=user.pk)  # permissions are remembered per instance
    lost = leaving.no_longer_covered(before, user.role_permissions())
    went = leaving.settle(user, lost, to=to, reason=reason, now=now)
    if went or any(burden.is_duty for burden in lost):
        records.keep(Kind.CHANGED, user=user, done_by=actor, to=successor, reason=reason, went=went, now=now)


@audit.attempt("accounts.access_ended", on="user")
def end_access(
    *, actor: User | None, user: User, reason: str, now: datetime, successor: User | None = None
) -> dict[str, int]:
    """End everything that lets a person in, at once; answers how much of each kind went.

    Duties pass to the successor in matters that one sees already. The others stay in the person's name, in red,
    until somebody entitled hands them over: an administrator opens no matter to anybody by naming a successor.
    """
    if actor == user:
        raise OwnAccount
    require_reason(reason)
    user = locked(user)
    to = leaving.successor(user, successor) if successor else None
    user.is_active = False
    user.save(update_fields=["is_active"])
    went = leaving.settle(user, leaving.burdens(), to=to, reason=reason, now=now)
    audit.record("accounts.access_ended", user, reason=reason, at=now, **went)
    records.keep(Kind.LEFT, user=user, done_by=actor, to=successor, reason=reason, went=went, now=now)
    return went


class EndIsOver(audit.Refused):
    """The account of somebody from outside has a last day, and it is over."""

    def __init__(self) -> None:
        super().__init__(_("This account from outside ended on its day. The responsible partner extends it first."))


@audit.attempt("accounts.reactivated", on="user")
def reactivate(*, actor: User, user: User, reason: str, now: datetime) -> None:
    """Open the account again, with nothing of what it had: a new password, a new second factor, roles given anew."""
    if actor == user:
        raise OwnAccount
    require_reason(reason)
    user = locked(user)
    # A grant written while the person left would otherwise wait here for them.
    ended = leaving.settle(user, leaving.rights(), to=None, reason=reason, now=now)
    user.is_active = True
    user.powers_from = waiting.from_when(now)
    if not user.is_external:
        user.ends_on = None
    elif user.has_ended:
        raise EndIsOver
    user.save(update_fields=["is_active", "ends_on", "powers_from"])
    audit.record("accounts.reactivated", user, reason=reason, **ended)
    notices.invitation(user, now)


class AccountsNotEnded(Exception):
    """Fails the job, so that the status page shows it; the others have ended."""


def end_accounts_whose_day_is_over(*, now: datetime) -> int:
    """The sign-in refuses them already; this ends the rest, each account for itself."""
    over = User.objects.filter(is_active=True, ends_on__lt=timezone.localdate(now)).order_by("pk")
    ended, failed = 0, 0
    for pk in list(over.values_list("pk", flat=True)):
        try:
            ended += _end_if_over(pk, now)
        except Exception as error:  # noqa: BLE001 - what stands in the way of one must not keep the others
            logger.error("an account did not end: %s", type(error).__name__)  # noqa: TRY400 - the text may name people
            failed += 1
    if failed:
        raise AccountsNotEnded(f"{failed} accounts")
    return ended


@transaction.atomic
def _end_if_over(pk: int, now: datetime) -> bool:
    """Locked first: it may have been extended, or ended by hand, meanwhile."""
    over = User.objects.filter(pk=pk, is_active=True, ends_on__lt=timezone.localdate(now))
    user = over.select_for_update(of=("self",), no_key=True).first()
    if user is not None:
        end_access(actor=None, user=user, reason=gettext_noop("The last day of the account is over."), now=now)
    return user is not None


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise WithoutReason


def locked(user: User) -> User:
    """Not against those who only refer to the person, who may hold a matter's lock already."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
