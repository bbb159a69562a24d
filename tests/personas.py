"""People of the firm for tests: one per role, signed in with a second factor."""

import itertools
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from lawcrm import access
from lawcrm.accounts.models import GroupKind, Membership, RecoverySheet, User
from lawcrm.accounts.step_up import FACTOR_AT

PASSWORD = "correct-horse-battery-7"
# A new administrator confirms nothing yet.
LONG_AGO = datetime(2020, 1, 2, tzinfo=UTC)
# Ten people may carry one name; each has an address of their own.
_numbers = itertools.count(1)


def user_for(*roles: str, email: str = "", full_name: str = "", password: str | None = None) -> User:
    """A member of staff with these roles ("lawyer", "partner", ...); "nobody" in particular without any."""
    number = next(_numbers)
    user = User.objects.create_user(
        email or f"{'-'.join(roles).replace(' ', '.') or 'staff'}.{number}@firm.example",
        password,
        full_name=full_name or f"Staff Member {number}",
    )
    user.groups.set(Group.objects.filter(name__in=roles, kind__kind=GroupKind.Kind.ROLE))
    assert user.groups.count() == len(roles), f"unknown role among {roles}"
    if "administrator" in roles:
        User.objects.filter(pk=user.pk).update(joined_at=LONG_AGO)
    return user


def second_person() -> User:
    """Always the same one, whom no list of people to choose from shows."""
    known = User.objects.filter(email="second@firm.example").first()
    return known or User.objects.create_user("second@firm.example", full_name="Second Person", is_active=False)


def external_for(role: str = "translator", *, full_name: str = "", ends_on: date | None = None) -> User:
    """Somebody from outside the firm, whose account ends."""
    number = next(_numbers)
    user = User.objects.create_user(
        f"outside.{number}@elsewhere.example",
        full_name=full_name or f"Outsider {number}",
        is_external=True,
        ends_on=ends_on or timezone.localdate() + timedelta(days=90),
    )
    user.groups.set(Group.objects.filter(name=role, kind__for_externals=True))
    assert user.groups.count() == 1, f"no role for external people: {role}"
    return user


def practice_group(name: str, *members: User, keeper: User | None = None) -> Group:
    group = Group.objects.create(name=name)
    GroupKind.objects.create(group=group, kind=GroupKind.Kind.PRACTICE)
    join(group, *members)
    if keeper is not None:
        join(group, keeper, keeper=True)
    return group


def join(group: Group, *members: User, keeper: bool = False) -> None:
    """The rows of `auth` follow memberships, and nobody adds themselves."""
    with access.as_viewer(access.Viewer(None, system="test")), transaction.atomic():
        for member in members:
            Membership.objects.create(group=group, user=member, is_keeper=keeper, since=timezone.now(), reason="test")


def leave(group: Group, *members: User) -> None:
    with access.as_viewer(access.Viewer(None, system="test")), transaction.atomic():
        for membership in Membership.objects.filter(group=group, user__in=members, until=None):
            membership.until, membership.end_reason = timezone.now(), "test"
            membership.save()


def password_only(user: User, client: Client | None = None) -> Client:
    """Signed in by password, the second factor still to come."""
    client = client or Client()
    client.force_login(user, backend="lawcrm.accounts.backends.RoleBackend")
    return client


def signed_in(user: User, client: Client | None = None) -> Client:
    """Signed in with the second factor."""
    client = password_only(user, client)
    sheet, _made = RecoverySheet.objects.get_or_create(user=user, defaults={"name": ""})
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = sheet.persistent_id
    session[FACTOR_AT] = timezone.now().timestamp()
    session.save()
    return client


def client_for(*roles: str) -> Client:
    """A browser in which someone with these roles is fully signed in; `client.user` is the person."""
    user = user_for(*roles)
    client = signed_in(user)
    client.user = user  # type: ignore[attr-defined]
    return client
