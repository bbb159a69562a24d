"""Every address of the product × every kind of person: one table of answers, none missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from lawcrm import access
from matters.models import MatterUserObjectPermission
from tests import factories, personas
from tests.access import world

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("matrix.txt")
PEOPLE = (
    "anonymous",
    "password",  # signed in by password, the second factor still to come
    "colleague",  # a lawyer without a grant
    "reader",
    "worker",
    "manager",
    "walled",  # has a grant, stands behind a wall
    "former",  # had a grant
    "administrator",
    "officer",  # data protection officer without a grant
)
WITHOUT_SIGHT = ("colleague", "walled", "former", "administrator")
LEVELS = {
    "reader": ("view_matter",),
    "worker": ("view_matter", "work_matter"),
    "manager": ("view_matter", "work_matter", "manage_matter"),
}


def expected() -> dict[str, list[str]]:
    """Rows of the table: address, then one code per person in the order of PEOPLE."""
    rows = (line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#"))
    return {name: codes for name, *codes in rows}


@pytest.fixture
def secret() -> world.World:
    return world.secret(personas.user_for("lawyer"))


def clients_of(secret: world.World) -> Iterator[tuple[str, Client]]:
    matter = secret.matter
    assert matter is not None
    yield "anonymous", Client()
    yield "password", personas.password_only(personas.user_for("lawyer"))
    yield "colleague", personas.client_for("lawyer")
    for person, levels in LEVELS.items():
        user = personas.user_for("lawyer")
        for level in levels:
            factories.grant(matter, user, level)
        yield person, personas.signed_in(user)
    walled, former = personas.user_for("lawyer"), personas.user_for("lawyer")
    for user in (walled, former):
        factories.grant(matter, user)
    world.wall_off(matter, walled)
    with access.as_system("test"):
        MatterUserObjectPermission.objects.filter(user=former).delete()
    yield "walled", personas.signed_in(walled)
    yield "former", personas.signed_in(former)
    yield "administrator", personas.client_for("administrator")
    yield "officer", personas.client_for("data protection officer")


def status(client: Client, url: str) -> int:
    response = client.get(url)
    if response.streaming:
        list(response.streaming_content)  # else the file behind it stays open
    return int(response.status_code)


def answers(secret: world.World) -> dict[str, dict[str, int]]:
    seen: dict[str, dict[str, int]] = {}
    for person, client in clients_of(secret):
        for name, wanted in world.names().items():
            url = reverse(name, kwargs=world.arguments(name, wanted, secret))
            seen.setdefault(name, {})[person] = status(client, url)
    return seen


def test_every_address_answers_every_person_as_the_table_says(secret: world.World) -> None:
    seen = answers(secret)
    actual = {name: [str(codes[person]) for person in PEOPLE] for name, codes in seen.items()}
    table = expected()
    assert sorted(actual.keys() - table.keys()) == [], "addresses without a row in matrix.txt"
    assert sorted(table.keys() - actual.keys()) == [], "rows of matrix.txt without an address"
    wrong = {name: codes for name, codes in actual.items() if codes != table[name]}
    assert wrong == {}


@pytest.mark.proof
def test_whoever_has_no_sight_gets_what_a_missing_thing_gives(secret: world.World) -> None:
    """The rule behind the table: a secret object and one that never existed are one answer."""
    nothing = world.World()
    for person, client in clients_of(secret):
        if person not in WITHOUT_SIGHT:
            continue
        for name, wanted in world.names().items():
            if not any(world.noun_of(name, argument) in secret.objects for argument in wanted):
                continue
            codes = [
                status(client, reverse(name, kwargs=world.arguments(name, wanted, there)))
                for there in (secret, nothing)
            ]
            assert codes[0] == codes[1], (person, name)
            assert codes[0] not in {200, 500}, (person, name)
