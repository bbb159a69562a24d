"""An outsider cannot tell a firm with a secret matter from one without: same answers, byte for byte."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from lawcrm.accounts.models import User
from tests import factories, personas
from tests.access import world

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
HEADERS_THAT_DIFFER = {"X-Request-Id", "Content-Security-Policy", "Content-Length"}
# Nonces, form tokens, request ids and random ids differ from page to page in one world too.
MASKED = re.compile(
    rb'nonce="[^"]+"|csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken": ?"[^"]+"|name="(token|once)" value="[^"]+"|'
    rb'"token": "[^"]+"|'
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16}"
)
# Officers of privacy and auditors are no outsiders: the retention plan shows them numbers of matters.
OUTSIDERS = ("lawyer", "assistant", "marketing", "intake", "administrator")
TYPED = (world.CANARY, f"{world.CANARY} ./. Nordbau", f"{world.CANARY} Person", "k@k.example")
# Addresses that take a text to look for or to add, with the field it goes into.
SEARCHES = {
    "clients:list": "q",
    "matters:search": "q",
    "matters:find_contact": "q",
    "search": "q",
    "search_palette": "q",
    "conflicts:ask": "names",
}
type Answer = tuple[int, tuple[tuple[str, bytes], ...], bytes, int]


class Undo(Exception):
    """Ends a world."""


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is rolled back, so that both worlds start from the same rows."""
    with suppress(Undo), transaction.atomic():
        yield
        raise Undo


def ask(client: Client, method: str, url: str, data: dict[str, str]) -> Answer:
    with CaptureQueriesContext(connections["default"]) as queries, undone():
        response = getattr(client, method)(url, data)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = tuple(
        sorted((k, MASKED.sub(b"#", v.encode())) for k, v in response.headers.items() if k not in HEADERS_THAT_DIFFER)
    )
    return response.status_code, headers, MASKED.sub(b"#", content), len(queries)


def requests(ids: dict[str, UUID]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every address by GET and by an empty POST, then every search with the secret's own texts."""
    there = world.World(objects=ids)
    for name, wanted in sorted(world.names().items()):
        if name in {"accounts:sign_out", "health_on_time"} or name.startswith("admin:"):
            continue
        url = reverse(name, kwargs=world.arguments(name, wanted, there))
        yield "get", url, {}
        yield "post", url, {}
    for name, field in SEARCHES.items():
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        for typed in TYPED:
            yield "post", url, {field: typed}
            yield "get", url, {field: typed}


def all_answers(client: Client, ids: dict[str, UUID]) -> dict[Any, Answer]:
    return {(method, url, *data.values()): ask(client, method, url, data) for method, url, data in requests(ids)}


def differences(one: dict[Any, Answer], other: dict[Any, Answer]) -> list[tuple[Any, list[str]]]:
    """Requests answered differently, and in what."""
    parts = ("status", "headers", "body", "queries")
    return [
        (key, [part for part, left, right in zip(parts, one[key], other[key], strict=True) if left != right])
        for key in one
        if one[key] != other[key]
    ]


@pytest.mark.parametrize("role", OUTSIDERS)
def test_an_outsider_cannot_tell_the_worlds_apart(role: str) -> None:
    outsider = personas.user_for(role)
    own = factories.matter("Own matter")
    factories.party(own, factories.contact("Own Person"))
    factories.grant(own, outsider)
    keeper = personas.user_for("lawyer")
    factories.purpose()
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        client = personas.signed_in(outsider)
        with_secret, ids = in_world_with_secret(client, keeper)
        with undone():
            without = all_answers(client, ids)
    assert differences(with_secret, without) == []


def in_world_with_secret(client: Client, keeper: User) -> tuple[dict[Any, Answer], dict[str, UUID]]:
    result: dict[Any, Answer] = {}
    ids: dict[str, UUID] = {}
    with undone():
        ids.update(world.secret(keeper).objects)
        result.update(all_answers(client, ids))
    return result, ids


def test_the_harness_notices_a_world_that_differs() -> None:
    """A keeper of the secret is no outsider: the same comparison must see the difference."""
    keeper = personas.user_for("lawyer")
    client = personas.signed_in(keeper)
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        with_secret, ids = in_world_with_secret(client, keeper)
        with undone():
            without = all_answers(client, ids)
    assert differences(with_secret, without)
