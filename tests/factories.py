"""Rows for tests; each function makes one thing with believable defaults and returns it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from clients.models import Contact, ContactUserObjectPermission
from consent.models import Purpose
from deadlines.models import Plan, PlanVersion
from lawcrm import access
from lawcrm.accounts.models import User
from matters.models import Matter, MatterGroupObjectPermission, MatterType, MatterUserObjectPermission, Party

_serial = itertools.count(1)


def user(name: str = "Ida Berg", *, role: str = "", **fields: Any) -> User:
    """An active member of staff; `role` is the name of a role group."""
    email = fields.pop("email", f"user{next(_serial)}@firm.example")
    person = User.objects.create_user(email, "correct horse battery", full_name=name, **fields)
    if role:
        person.groups.add(Group.objects.get(name=role))
    return person


def role_with(permission: str) -> Group:
    """A role group holding one permission."""
    app, codename = permission.split(".")
    group = Group.objects.create(name=f"role {next(_serial)}")
    group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return group


def contact(name: str = "Mehmet Yıldız", **fields: Any) -> Contact:
    fields = {"kind": "person", "source": "client", "collected_on": date(2026, 1, 5), **fields}
    with access.as_system("test"), transaction.atomic():
        return Contact.objects.create(name=name, **fields)


def purpose(code: str = "news") -> Purpose:
    with access.as_system("test"), transaction.atomic():
        return Purpose.objects.get_or_create(code=code, defaults={"name": "News", "basis": "consent"})[0]


def matter_type(code: str = "litigation") -> MatterType:
    with access.as_system("test"), transaction.atomic():
        return MatterType.objects.get_or_create(code=code, defaults={"name": "Litigation", "retention_code": "matter"})[
            0
        ]


def matter(title: str = "Yıldız ./. Nordbau", **fields: Any) -> Matter:
    with access.as_system("test"), transaction.atomic():
        fields = {
            "number": f"2026-{next(_serial):04d}",
            "matter_type": matter_type(),
            "responsible": fields.get("responsible") or user("Karin Vestergaard"),
            "jurisdiction": "DE",
            "opened_on": date(2026, 2, 3),
            **fields,
        }
        return Matter.objects.create(title=title, **fields)


def party(matter: Matter, contact: Contact, role: str = "client") -> Party:
    with access.as_system("test"), transaction.atomic():
        return Party.objects.create(matter=matter, contact=contact, role=role, since=date(2026, 2, 3))


def grant(matter: Matter, to: User | Group, permission: str = "view_matter") -> None:
    wanted = Permission.objects.get(content_type__app_label="matters", codename=permission)
    with access.as_system("test"), transaction.atomic():
        if isinstance(to, User):
            MatterUserObjectPermission.objects.create(content_object=matter, user=to, permission=wanted)
        else:
            MatterGroupObjectPermission.objects.create(content_object=matter, group=to, permission=wanted)


def show(contact: Contact, to: User) -> Contact:
    """By a grant of their own, as whoever enters a contact has."""
    wanted = Permission.objects.get(content_type__app_label="clients", codename="view_contact")
    with access.as_system("test"), transaction.atomic():
        ContactUserObjectPermission.objects.get_or_create(content_object=contact, user=to, permission=wanted)
    return contact


@contextmanager
def shown(to: User, *contacts: Contact) -> Iterator[None]:
    """For as long as it takes to name them as parties."""
    with access.as_system("test"):
        held = ContactUserObjectPermission.objects.filter(user=to, content_object__in=contacts)
        before = [*held.values_list("pk", flat=True)]
    for contact in contacts:
        show(contact, to)
    yield
    with access.as_system("test"), transaction.atomic():
        held.exclude(pk__in=before).delete()


def plan_version(by: User) -> PlanVersion:
    """One plan for all tests of a run, with a task and nothing secret."""
    with access.as_system("test"), transaction.atomic():
        plan, _made = Plan.objects.get_or_create(name="Plan of the firm", defaults={"trigger": "Service"})
        steps = [{"what": "task", "title": "Call", "owner": "responsible"}]
        version, _made = PlanVersion.objects.get_or_create(
            plan=plan,
            number=1,
            defaults={"steps": steps, "made_by": by, "made_at": datetime(2026, 1, 5, 12, tzinfo=UTC)},
        )
        return version
