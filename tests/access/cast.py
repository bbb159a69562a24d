"""The people around one secret matter, each with a way of having or not having sight of it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from deadlines.models import DocketEntry
from lawcrm import access
from lawcrm.accounts.models import User
from matters.models import Matter, MatterUserObjectPermission
from tests import factories, personas
from tests.access import world

LEVELS = ("view_matter", "work_matter", "manage_matter")
type Involve = Callable[[Matter, User], None]


def with_levels(levels: int) -> Involve:
    def involve(matter: Matter, user: User) -> None:
        for level in LEVELS[:levels]:
            factories.grant(matter, user, level)

    return involve


def walled_off(matter: Matter, user: User) -> None:
    with_levels(3)(matter, user)
    world.wall_off(matter, user)


def walled_off_by_group(matter: Matter, user: User) -> None:
    """The grant is the person's own, the bar stands against a group."""
    with_levels(1)(matter, user)
    world.wall_off(matter, own_group(user))


def walled_off_at_the_docket(matter: Matter, user: User) -> None:
    """What nobody acknowledged was written for them, and a wall came after."""
    with access.as_system("test"), transaction.atomic():
        DocketEntry.objects.filter(reminder__matter=matter).update(recipient=user)
    world.wall_off(matter, user)


def former(matter: Matter, user: User) -> None:
    with_levels(3)(matter, user)
    with access.as_system("test"):
        MatterUserObjectPermission.objects.filter(user=user, content_object=matter).delete()


def by_group(matter: Matter, user: User) -> None:
    factories.grant(matter, own_group(user))


def own_group(user: User) -> Group:
    """The practice group that was made with the account."""
    return Group.objects.get(name=f"Practice {user.pk}")


def leave_group(user: User) -> None:
    personas.leave(own_group(user), user)


@dataclass(frozen=True)
class Person:
    """Roles of an account, what ties it to the matter, and what it did since."""

    roles: tuple[str, ...]
    involve: Involve = lambda _matter, _user: None
    since: Callable[[User], None] = lambda _user: None
    is_superuser: bool = False
    is_external: bool = False

    def account(self) -> User:
        """Known before the matter is: a practice group of their own included."""
        if self.is_external:
            return personas.external_for(*self.roles)
        user = personas.user_for(*self.roles)
        if self.is_superuser:
            user.is_superuser = user.is_staff = True
            user.save()
        if self.involve in {walled_off_by_group, by_group}:
            personas.practice_group(f"Practice {user.pk}", user)
        return user


INSIDERS = {
    "reader": Person(("lawyer",), with_levels(1)),
    "worker": Person(("lawyer",), with_levels(2)),
    "manager": Person(("lawyer",), with_levels(3)),
}
OUTSIDERS = {
    **{role: Person((role,)) for role in ("lawyer", "partner", "assistant", "marketing", "intake", "administrator")},
    "superuser": Person(("lawyer", "administrator"), is_superuser=True),
    "external": Person(("external counsel",), is_external=True),
    "translator": Person(("translator",), is_external=True),
    "walled": Person(("lawyer",), walled_off),
    "walled by a group": Person(("lawyer",), walled_off_by_group),
    "walled docket desk": Person(("docket desk",), walled_off_at_the_docket),
    "former": Person(("lawyer",), former),
    "left the group": Person(("lawyer",), by_group, leave_group),
}
# Roles that see some rows about every matter by their office.
OFFICES = {role: Person((role,)) for role in ("data protection officer", "conflicts officer", "auditor")}
EVERYBODY = INSIDERS | OUTSIDERS | OFFICES


def around(matter: Matter, person: str) -> User:
    """A new account of this kind, tied to the matter."""
    user = EVERYBODY[person].account()
    EVERYBODY[person].involve(matter, user)
    EVERYBODY[person].since(user)
    return user
