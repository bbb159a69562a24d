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


def main() -> None:
    django.setup()
    from django.db import transaction

    from lawcrm import access

    with access.as_system("scene of a journey"), transaction.atomic():
        json.dump(SCENES[sys.argv[1]](**json.loads(sys.argv[2])), sys.stdout)


if __name__ == "__main__":
    main()
