"""Mail about accounts that changed hands or rights: to the person, and to partners and administrators who watch."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from lawcrm import outbox
from lawcrm.accounts.models import AccountChange, User
from lawcrm.accounts.notices import is_active, mail
from lawcrm.accounts.roles import ROLES
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.outbox import OutboxMessage

ADDRESS, STOPPED, ENVELOPE = "accounts.address_changes", "accounts.change_stopped", "accounts.envelope_used"
MORE_RIGHTS, ANEW = "accounts.more_rights", "accounts.signs_in_anew"
KEEPING = "accounts.change_user"
OLD, NEW = "old", "new"
SALT = "lawcrm.accounts.object"
OBJECT_SECONDS = 30 * 24 * 3600


def register() -> None:
    composing = {
        ADDRESS: _address_changes,
        STOPPED: _stopped,
        ENVELOPE: _envelope,
        MORE_RIGHTS: _more_rights,
        ANEW: _signs_in_anew,
    }
    for name, compose in composing.items():
        outbox.kind(name, policy=outbox.RESEND, compose=compose, may_send=is_active)


def address_changes(change: AccountChange, now: datetime) -> None:
    """At the address that is and at the one that will be, each with a way to object."""
    for where in (OLD, NEW):
        _put(ADDRESS, change.user_id, change, now, where)


def stopped(change: AccountChange, now: datetime) -> None:
    for user_id in filter(None, {change.user_id, change.asked_by_id, change.confirmed_by_id}):
        _put(STOPPED, user_id, change, now)


def envelope_used(change: AccountChange, now: datetime) -> None:
    """Nobody opens the envelope unnoticed."""
    for user_id in {*_partners(), change.user_id}:
        _put(ENVELOPE, user_id, change, now)


def more_rights(user: User, given: Collection[Group], now: datetime) -> None:
    """Partners hear of everybody who gets a role; of a new administrator the administrators hear as well."""
    keeping = any(KEEPING in ROLES[group.name].permissions for group in given if group.name in ROLES)
    if given:
        _tell({*_partners(), *(_administrators() if keeping else ())}, MORE_RIGHTS, user, now)


def signs_in_anew(user: User, now: datetime) -> None:
    _tell(set(_partners()), ANEW, user, now)


def _tell(people: set[int], kind: str, user: User, now: datetime) -> None:
    occasion = f"{now:%Y%m%dt%H%M%S}"
    for person in sorted(people - {user.pk}):
        outbox.put(kind=kind, recipient=outbox.staff(person), thing_id=user.pk, dedupe=occasion, not_before=now)


def _partners() -> QuerySet[User, int]:
    return User.objects.filter(groups__name="partner", is_active=True).values_list("pk", flat=True)


def _administrators() -> QuerySet[User, int]:
    return User.objects.filter(groups__name="administrator", is_active=True).values_list("pk", flat=True)


def _put(kind: str, user_id: int, change: AccountChange, now: datetime, dedupe: str = "") -> None:
    outbox.put(kind=kind, recipient=outbox.staff(user_id), thing_id=change.pk, dedupe=dedupe, not_before=now)


def change_of(token: str) -> AccountChange | None:
    """The change a link to object is about; None when the link is not ours or too old."""
    try:
        public_id = signing.loads(token, salt=SALT, max_age=OBJECT_SECONDS)
    except signing.BadSignature:
        return None
    return AccountChange.objects.select_related("user").filter(public_id=public_id).first()


def token_of(change: AccountChange) -> str:
    return signing.dumps(change.public_id.hex, salt=SALT)


def _address_changes(message: OutboxMessage) -> Mail:
    """The old address is the one of today until the change is made; afterwards nobody is told any more."""
    change = AccountChange.objects.select_related("user").get(pk=message.thing_id)
    if not change.is_open:
        raise outbox.MayNot("settled")
    link = settings.SITE_URL + reverse("accounts:object_to_change", args=[token_of(change)])
    facts = {"new": change.new_email, "due": change.due_at, "link": link}
    return mail(change.user, "address_changes", facts, to=change.new_email if message.dedupe == NEW else "")


def _stopped(message: OutboxMessage) -> Mail:
    return mail(*_about(message, "change_stopped"))


def _envelope(message: OutboxMessage) -> Mail:
    return mail(*_about(message, "envelope_used"))


def _more_rights(message: OutboxMessage) -> Mail:
    return mail(*_concerning(message, "more_rights"))


def _signs_in_anew(message: OutboxMessage) -> Mail:
    return mail(*_concerning(message, "signs_in_anew"))


def _concerning(message: OutboxMessage, name: str) -> tuple[User, str, dict[str, Any]]:
    reader, user = User.objects.get(pk=message.recipient_id), User.objects.get(pk=message.thing_id)
    with translation.override(reader.interface_language):
        roles = ", ".join(str(ROLES[group.name].name) for group in user.groups.order_by("pk") if group.name in ROLES)
        until = date_format(timezone.localtime(user.powers_from), "SHORT_DATE_FORMAT") if user.powers_from else ""
    link = settings.SITE_URL + reverse("accounts:newcomers")
    return reader, name, {"about": user.full_name, "roles": roles, "until": until, "link": link}


def _about(message: OutboxMessage, name: str) -> tuple[User, str, dict[str, Any]]:
    change = AccountChange.objects.select_related("user", "asked_by").get(pk=message.thing_id)
    facts = {"about": change.user.full_name, "what": change.get_kind_display(), "by": change.asked_by.full_name}
    return User.objects.get(pk=message.recipient_id), name, facts
