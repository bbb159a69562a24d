"""A firm with one secret matter, its people, and every address of the product with arguments that fit."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from clients.models import ContactPoint
from consent.models import Consent
from deadlines.models import CalendarFeed, Deadline, Task
from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.crypto import files
from matters.models import BreakGlass, BreakGlassRequest, Communication, Document, Matter, Takeover, Wall, WallBar
from privacy.models import ErasureItem, Hold, MatterReview
from tests import factories, personas

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CANARY = "Kanarienvogel"
NOTHING = UUID(int=0)
# Arguments that name no row.
PLAIN = {
    "form": "csv",
    "code": "refused",
    "token": "x",
    "place": "de-nw",
    "rule": "de.zpo.517",
    "name": "x",
    "kind": "call",
    "app_label": "accounts",
    "url": "x",
}


@dataclass
class World:
    """Objects by the name under which addresses ask for them."""

    objects: dict[str, UUID] = field(default_factory=dict)
    # Members of staff are no secret: administrators open their pages.
    people: dict[str, UUID] = field(default_factory=dict)
    # Nor are reviews of roles, which administrators answer.
    offices: dict[str, UUID] = field(default_factory=dict)
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
        review = MatterReview.objects.create(matter=matter, owner=responsible, slot=date(2026, 11, 20), opened_at=NOON)
        task = Task.objects.create(matter=matter, title=CANARY, assignee=responsible, created_by=responsible)
        asked, glass = _glass(matter, responsible)
    world.people = {"person": responsible.public_id}
    world.objects = {
        "asked": asked.public_id,
        "glass": glass.public_id,
        "takeover": _takeover(matter, responsible).public_id,
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
        "feed": _feed(responsible).public_id,
        "review": review.public_id,
    }
    return world


def _feed(of: User) -> CalendarFeed:
    with access.as_system("test"):
        return CalendarFeed.objects.create(user=of, digest="x", name="x", made_at=NOON)


def _takeover(matter: Matter, by: User) -> Takeover:
    """Told by number alone to whoever may confirm one: the reason is written for them."""
    people = {"leaver": by, "successor": by, "asked_by": by}
    with access.as_system("test"):
        return Takeover.objects.create(matter=matter, asked_at=NOON, reason="x", **people)


def _glass(matter: Matter, holder: User) -> tuple[BreakGlassRequest, BreakGlass]:
    """The second person is no one whom a list of people would show."""
    second = personas.second_person()
    people = {"confirmer": second}
    asked = BreakGlassRequest.objects.create(
        asker=holder,
        **people,
        number=matter.number,
        reason=CANARY,
        hours=24,
        asked_at=NOON,
        closes_at=NOON + timedelta(hours=2),
        answer="confirmed",
        answered_at=NOON,
        settled_at=NOON,
    )
    ends_at = NOON + timedelta(days=1)
    glass = BreakGlass.objects.create(
        request=asked, matter=matter, holder=holder, **people, began_at=NOON, ends_at=ends_at
    )
    return asked, glass


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


class Undo(Exception):
    """Ends what is undone."""


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is rolled back, so that what follows starts from the same rows."""
    with suppress(Undo), transaction.atomic():
        yield
        raise Undo


def wall_off(matter: Matter, kept_out: User | Group) -> None:
    who = {"user": kept_out} if isinstance(kept_out, User) else {"group": kept_out}
    with access.as_system("test"):
        wall = Wall.objects.create(matter=matter, reason="x", raised_by=matter.responsible, raised_at=NOON)
        WallBar.objects.create(wall=wall, matter=matter, **who)


def names() -> dict[str, tuple[str, ...]]:
    """Every named address of the resolver and the arguments it wants."""
    return {
        ":".join((*spaces, pattern.name)): tuple(pattern.pattern.regex.groupindex)
        for spaces, pattern in _patterns(get_resolver(), ())
        if pattern.name
    }


def _patterns(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield spaces, pattern
        else:
            yield from _patterns(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)


def nameless() -> list[str]:
    """Addresses that no table can hold, because they have no name."""
    return [
        f"{' '.join(spaces)} {pattern.pattern}" for spaces, pattern in _patterns(get_resolver(), ()) if not pattern.name
    ]


def noun_of(name: str, argument: str) -> str:
    """Which object an address's argument names: by the argument, else by the app."""
    if argument == "share_id":
        return "share"
    if argument in {"asked", "glass", "contact", "takeover", "place", "rule", "plan"}:
        return argument
    if argument == "item":
        return "document" if name.endswith("document") else "communication"
    by_name = {
        "consent:withdraw": "consent",
        "privacy:item": "item",
        "privacy:put_forward": "item",
        "privacy:release": "item",
        "privacy:release_hold": "hold",
        "privacy:matter_review": "review",
        "privacy:group_review": "group review",
        "deadlines:of_matter": "matter",
        "deadlines:decline_plan": "matter",
        "deadlines:calendar": "calendar",
        "deadlines:docket_found": "docketentry",
        "deadlines:remove_absence": "absence",
        "deadlines:finish_task": "task",
        "deadlines:task_to_deadline": "task",
        "deadlines:pass_task": "task",
        "deadlines:reopen_task": "task",
        "deadlines:revoke_feed": "feed",
        **dict.fromkeys(("deadlines:plan", "deadlines:edit_plan", "deadlines:use_plan"), "plan"),
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
    return {argument: _argument(name, argument, world) for argument in wanted}


def _argument(name: str, argument: str, world: World) -> Any:
    if argument == "object_id":
        return _of_administration(name)
    noun = noun_of(name, argument)
    known = world.people.get(argument) or world.objects.get(noun) or world.offices.get(noun)
    return PLAIN.get(argument) or known or NOTHING


def _of_administration(name: str) -> int:
    """The administration knows accounts and roles, secret or not."""
    model = {"admin:accounts_user": User, "admin:auth_group": Group}.get(name.rsplit("_", 1)[0])
    row: Any = model._default_manager.order_by("pk").first() if model else None
    return row.pk if row else 0
