"""A firm with one secret matter, its people, and every address of the product with arguments that fit."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from clients.models import ContactPoint
from consent.models import Consent
from deadlines.models import Deadline, Task
from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.crypto import files
from matters.models import Communication, Document, Matter, Wall, WallBar
from privacy.models import ErasureItem, Hold
from tests import factories

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CANARY = "Kanarienvogel"
NOTHING = UUID(int=0)
# Arguments that name no row.
PLAIN = {"token": "x", "name": "x", "kind": "call", "app_label": "accounts", "url": "x", "object_id": "0"}


@dataclass
class World:
    """Objects by the name under which addresses ask for them."""

    objects: dict[str, UUID] = field(default_factory=dict)
    matter: Matter | None = None


def secret(responsible: User) -> World:
    """A matter with everything that can hang on one; each text carries the canary."""
    matter = factories.matter(f"{CANARY} ./. Nordbau", responsible=responsible, summary=CANARY)
    contact = factories.contact(f"{CANARY} Person", special_note=CANARY)
    factories.party(matter, contact)
    for permission in ("view_matter", "work_matter", "manage_matter"):
        factories.grant(matter, responsible, permission)
    world = World(matter=matter)
    with access.as_system("test"):
        point = ContactPoint.objects.create(
            contact=contact, kind="email", value="k@k.example", normalised="k@k.example"
        )
        communication = Communication.objects.create(
            matter=matter,
            sealed_for=matter.public_id,
            kind="call",
            happened_at=NOON,
            subject=CANARY,
            body=CANARY,
            logged_by=responsible,
        )
        consent = Consent.objects.create(contact=contact, purpose=factories.purpose(), state="given", changed_at=NOON)
        item = ErasureItem.objects.create(
            matter_ref=matter.pk, matter_number=matter.number, rule="x", due_on=date(2026, 1, 1), proposed_at=NOON
        )
        hold = Hold.objects.create(matter=matter, reason=CANARY, placed_by=responsible, placed_at=NOON)
        document = _document(matter, responsible)
        people = {"assignee": responsible, "deputy": None, "entered_by": responsible}
        deadline = Deadline.objects.create(
            matter=matter,
            sealed_for=matter.public_id,
            kind="statutory",
            title=CANARY,
            due_on=date(2026, 11, 25),
            time_zone="Europe/Berlin",
            note=CANARY,
            **people,
        )
        task = Task.objects.create(matter=matter, title=CANARY, assignee=responsible, created_by=responsible)
    world.objects = {
        "matter": matter.public_id,
        "contact": contact.public_id,
        "communication": communication.public_id,
        "document": document.public_id,
        "consent": consent.public_id,
        "item": item.public_id,
        "hold": hold.public_id,
        "share": point.share_id,
        "deadline": deadline.public_id,
        "task": task.public_id,
    }
    return world


def _document(matter: Matter, by: User) -> Document:
    stored = files.seal_file(io.BytesIO(CANARY.encode()), matter.public_id, label=Document.stored_file_label)
    return Document.objects.create(
        matter=matter,
        sealed_for=matter.public_id,
        name=f"{CANARY}.txt",
        media_type="text/plain",
        size=stored.size,
        sha256=bytes.fromhex(stored.sha256),
        stored_name=stored.name,
        added_by=by,
    )


def wall_off(matter: Matter, user: User) -> None:
    with access.as_system("test"):
        wall = Wall.objects.create(matter=matter, reason="x", raised_by=matter.responsible, raised_at=NOON)
        WallBar.objects.create(wall=wall, matter=matter, user=user)


def names() -> dict[str, tuple[str, ...]]:
    """Every named address of the resolver and the arguments it wants."""
    return dict(_walk(get_resolver(), ()))


def _walk(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield ":".join((*spaces, pattern.name)), tuple(pattern.pattern.regex.groupindex)
        else:
            yield from _walk(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)


def noun_of(name: str, argument: str) -> str:
    """Which object an address's argument names: by the argument, else by the app."""
    if argument == "share_id":
        return "share"
    if argument == "item":
        return "document" if name.endswith("document") else "communication"
    by_name = {
        "consent:withdraw": "consent",
        "privacy:item": "item",
        "privacy:put_forward": "item",
        "privacy:release": "item",
        "privacy:release_hold": "hold",
        "deadlines:of_matter": "matter",
        "deadlines:finish_task": "task",
        "deadlines:reopen_task": "task",
        "clients:import": "import",
    }
    by_app = {
        "matters": "matter",
        "clients": "contact",
        "deadlines": "deadline",
        "privacy": "contact",
        "consent": "contact",
    }
    return by_name.get(name, by_app.get(name.split(":", maxsplit=1)[0], ""))


def arguments(name: str, wanted: tuple[str, ...], world: World) -> dict[str, Any]:
    """Arguments that lead to the world's secret objects; a random id where it has none."""
    return {
        argument: PLAIN.get(argument) or world.objects.get(noun_of(name, argument)) or NOTHING for argument in wanted
    }
