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


@scene
def ended(secret: str, responsible: str) -> dict[str, str]:
    """A matter closed long ago; its title, party, call, document and history all carry the secret."""
    from datetime import date

    from lawcrm import audit
    from tests import factories

    person = _user(responsible)
    made = factories.matter(
        f"{secret} ./. Nordbau",
        number=_number(),
        responsible=person,
        state="closed",
        closed_on=date(2013, 6, 30),
        summary=secret,
    )
    factories.grant(made, person, "manage_matter")
    factories.grant(made, person)
    factories.party(made, factories.contact(f"Aylin {secret}", special_note=secret))
    call = _call(made, secret)
    call.subject = f"{secret} once more"
    call.save()
    _document(made, secret)
    audit.record("communication.logged", call)
    return {"number": made.number, "id": str(made.public_id)}


def _call(matter: Any, secret: str) -> Any:
    from django.utils import timezone

    from matters.models import Communication

    return Communication.objects.create(
        matter=matter,
        sealed_for=matter.public_id,
        kind="call",
        happened_at=timezone.now(),
        subject=secret,
        body=secret,
        logged_by=matter.responsible,
    )


def _document(matter: Any, secret: str) -> None:
    import io

    from lawcrm.crypto import files
    from matters.models import Document

    stored = files.seal_file(io.BytesIO(secret.encode()), matter.public_id, label=Document.stored_file_label)
    Document.objects.create(
        matter=matter,
        sealed_for=matter.public_id,
        name=f"{secret}.txt",
        media_type="text/plain",
        size=stored.size,
        sha256=bytes.fromhex(stored.sha256),
        stored_name=stored.name,
        added_by=matter.responsible,
    )


@scene
def end_session(email: str) -> int:
    """As if the person had been away for longer than a session lasts."""
    from lawcrm.accounts.actions.sessions import end_sessions

    end_sessions(user=_user(email))
    return 0


def _number() -> str:
    """Out of the way of those the firm gives itself."""
    from django.db.models import Max

    from matters.models import Matter

    last = Matter.objects.filter(number__startswith="2014-").aggregate(last=Max("number"))["last"] or "2014-0000"
    return f"2014-{int(last[-4:]) + 1:04d}"


def _user(email: str) -> Any:
    from lawcrm.accounts.models import User

    return User.objects.get(email=email)


@scene
def phone_only(email: str) -> int:
    """This person has the phone and nothing else."""
    from lawcrm.accounts.models import Passkey, RecoverySheet

    return sum(model.objects.filter(user=_user(email)).delete()[0] for model in (Passkey, RecoverySheet))


@scene
def factor_long_ago(email: str) -> int:
    """Make it an hour since this person last gave a second factor, in every session."""
    from lawcrm.accounts.session_store import SessionStore
    from lawcrm.accounts.step_up import FACTOR_AT

    store = SessionStore()
    rows = list(_user(email).sessions.all())
    for row in rows:
        kept = store.decode(row.session_data)
        row.session_data = store.encode(kept | {FACTOR_AT: kept.get(FACTOR_AT, 0) - 3600})
        row.save(update_fields=["session_data"])
    return len(rows)


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
