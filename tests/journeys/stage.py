"""Scenes set up in the running firm's database: `python -m tests.journeys.stage SCENE JSON`."""

import json
import sys
from collections.abc import Callable
from typing import Any

import django

SCENES: dict[str, Callable[..., Any]] = {}


def scene[F: Callable[..., Any]](function: F) -> F:
    SCENES[function.__name__] = function
    return function


@scene
def people() -> int:
    """The staff of the journeys, each with password and phone."""
    from lawcrm.accounts.actions.second_factor import install_device
    from lawcrm.accounts.models import User
    from tests import personas
    from tests.journeys.people import PASSWORD, STAFF

    known = set(User.objects.values_list("email", flat=True))
    for person in STAFF:
        if person.email in known:
            continue
        user = personas.user_for(*person.roles, email=person.email, full_name=person.name, password=PASSWORD)
        install_device(user=user, secret=person.secret)
    return len(STAFF)


@scene
def matter(title: str, adverse: str, responsible: str) -> dict[str, str]:
    """An open matter of this person only."""
    from tests import factories

    made = factories.matter(title, number=_number(), responsible=_user(responsible))
    factories.party(made, factories.contact(adverse), "adverse")
    for permission in ("view_matter", "work_matter", "manage_matter"):
        factories.grant(made, made.responsible, permission)
    return {"number": made.number, "id": str(made.public_id)}


def _number() -> str:
    """Out of the way of those the firm gives itself."""
    from matters.models import Matter

    return f"2014-{Matter.objects.filter(number__startswith='2014-').count() + 1:04d}"


def _user(email: str) -> Any:
    from lawcrm.accounts.models import User

    return User.objects.get(email=email)


@scene
def due_again(job: str) -> int:
    """Forget that a job has run in its present slot: the next tick of beat takes it up."""
    from lawcrm.models.jobs import JobRun

    return JobRun.objects.filter(job=job).delete()[0]


def main() -> None:
    django.setup()
    from django.db import transaction

    from lawcrm import access

    with access.as_system("scene of a journey"), transaction.atomic():
        json.dump(SCENES[sys.argv[1]](**json.loads(sys.argv[2])), sys.stdout)


if __name__ == "__main__":
    main()
