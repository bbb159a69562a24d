"""Whoever is shown something of a matter or a client stands in the read log, whichever page showed it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.models import ReadEntry
from tests import factories, personas
from tests.access import world

pytestmark = pytest.mark.django_db
# Rows among others, by which a person finds a thing: docs/audit.md says why that is no reading.
LISTS = {
    "clients:list",
    "deadlines:add_task",  # asks for the matter first; with one it is a page about that
    "deadlines:enter",
    "deadlines:list",
    "deadlines:month",
    "deadlines:week",
    "deadlines:sheet",
    "deadlines:sign_sheet",
    "matters:list",
    "matters:search",
    "privacy:holds",  # numbers, and the privacy office's own words
    "search",
    "search_palette",
    "today",
}
SEARCHES = ("clients:list", "matters:search", "search", "search_palette")
# What has to be sent for a page to show something.
SENT: dict[str, dict[str, str]] = {
    "clients:confidential": {"show": "1"},
    "clients:export": {"reason": "audit"},
    **{name: {"q": world.CANARY} for name in SEARCHES},
}
ENDS_THE_SESSION = {"accounts:sign_out"}

type Shown = dict[tuple[str, str], list[tuple[str, str]]]


@pytest.fixture
def secret() -> world.World:
    return world.secret(personas.user_for("lawyer"))


@pytest.fixture
def keeper(secret: world.World) -> Client:
    """Someone who may do everything with the matter and sees as much as one person can."""
    user = personas.user_for("partner", "data protection officer", "conflicts officer")
    for level in ("view_matter", "work_matter", "manage_matter"):
        factories.grant(secret.matter, user, level)  # type: ignore[arg-type]
    return personas.signed_in(user)


def asked(client: Client, method: str, url: str, sent: dict[str, str]) -> tuple[bool, list[tuple[str, str]]]:
    """Whether the answer shows something of the secret, and what the read log holds of this request."""
    with world.undone():
        response: Any = getattr(client, method)(url, sent)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        with access.as_system("test"):
            noted = ReadEntry.objects.filter(request_id=response["X-Request-Id"]).order_by("pk")
            found = list(noted.values_list("object_type", "what"))
        return world.CANARY.encode() in content, found
    return False, []


def requests(secret: world.World) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    for name, wanted in sorted(world.names().items()):
        if name not in ENDS_THE_SESSION:
            url = reverse(name, kwargs=world.arguments(name, wanted, secret))
            yield name, "get", url, {}
            yield name, "post", url, SENT.get(name, {})
        if name in {"deadlines:enter", "deadlines:add_task"}:
            yield name, "get", url, {"matter": str(secret.objects["matter"])}


@pytest.fixture
def shown(keeper: Client, secret: world.World) -> Shown:
    answers = {
        (name, " ".join((method, *(sent if method == "get" else ())))): asked(keeper, method, url, sent)
        for name, method, url, sent in requests(secret)
    }
    return {request: noted for request, (shows, noted) in answers.items() if shows}


def test_every_page_that_shows_a_file_is_noted(shown: Shown) -> None:
    unnoted = {name for (name, _how), noted in shown.items() if not noted}
    assert sorted(unnoted - LISTS) == [], sorted(unnoted - LISTS)
    assert sorted(LISTS - unnoted) == [], "on the list, and shows nothing or is noted after all"
    # The walk itself saw files: of a matter and of a client, and what lies in them.
    assert {
        ("matters:detail", "get"): [("matters.matter", "page")],
        ("clients:detail", "get"): [("clients.contact", "page")],
        ("matters:document", "get"): [("matters.document", "download")],
        ("clients:export", "post"): [("clients.contact", "export")],
        ("clients:confidential", "post"): [("clients.contact", "page"), ("clients.contact", "confidential")],
        ("deadlines:move", "get"): [("deadlines.deadline", "page")],
        ("deadlines:enter", "get matter"): [("matters.matter", "page")],
    }.items() <= shown.items()
