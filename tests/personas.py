"""People of the firm for tests: one per role, signed in with a second factor."""

import itertools

from django.contrib.auth.models import Group
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from lawcrm.accounts.models import GroupKind, RecoverySheet, User

PASSWORD = "correct-horse-battery-7"
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
    return user


def practice_group(name: str, *members: User) -> Group:
    group = Group.objects.create(name=name)
    GroupKind.objects.create(group=group, kind=GroupKind.Kind.PRACTICE)
    group.user_set.add(*members)
    return group


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
    session.save()
    return client


def client_for(*roles: str) -> Client:
    """A browser in which someone with these roles is fully signed in; `client.user` is the person."""
    user = user_for(*roles)
    client = signed_in(user)
    client.user = user  # type: ignore[attr-defined]
    return client
