"""Every address of the product × every kind of person: one table of answers, none missing."""

import os
from collections.abc import Collection, Iterator
from itertools import product
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.crypto.marks import mark
from matters.models import MatterUserObjectPermission, Wall
from privacy.models import GroupReview
from tests import factories, personas
from tests.access import world

pytestmark = pytest.mark.django_db
TABLES = {
    method: Path(__file__).with_name(name) for method, name in (("get", "matrix.txt"), ("post", "matrix_post.txt"))
}
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


def expected(method: str) -> dict[str, list[str]]:
    """Rows of the table: address, then one code per person in the order of PEOPLE."""
    lines = TABLES[method].read_text().splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {name: codes for name, *codes in rows}


# Rows of which nobody but one person, or no person at all, would get more than "missing".
OWN_ONLY = {"accounts:change_passkey", "deadlines:revoke_feed", "matters:notices"}
NEVER_HERE = {"accounts:demo_codes", "demo_mail", "demo_mails", "ui_gallery"}  # pages of the demo
BY_TOKEN = {"withdraw", "deadlines:feed"}


@pytest.fixture
def secret() -> world.World:
    made = world.secret(personas.user_for("lawyer"))
    assert made.matter is not None
    world.wall_off(made.matter, personas.user_for("lawyer"))
    group = Group.objects.get(name="administrator")
    review = GroupReview.objects.create(group=group, slot=world.NOON.date(), opened_at=world.NOON)
    plan = factories.plan_version(made.matter.responsible).plan
    made.offices = {"group review": review.public_id, "plan": plan.public_id}
    return made


def body(name: str, secret: world.World) -> dict[str, str]:
    """What names the thing where the address does not."""
    if name not in {"matters:change_wall", "matters:lower_wall"} or secret.matter is None:
        return {}
    with access.as_system("test"):
        return {"wall": mark(Wall.objects.filter(matter=secret.matter).earliest("pk"))}


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


def status(
    client: Client,
    url: str,
    method: str = "get",
    headers: dict[str, str] | None = None,
    data: dict[str, int] | None = None,
) -> int:
    """The answer's code; what the request did is undone, and the browser keeps its cookies."""
    cookies = client.cookies.output(header="", sep=";")
    with world.undone():
        response = getattr(client, method)(url, data if method == "post" else None, headers=headers)
        if response.streaming:
            list(response.streaming_content)  # else the file behind it stays open
    client.cookies.clear()
    client.cookies.load(cookies)
    return int(response.status_code)


def answers(
    secret: world.World, method: str, headers: dict[str, str] | None = None, only: Collection[str] = ()
) -> dict[str, dict[str, int]]:
    """Of every address, or of these only."""
    asked = {name: wanted for name, wanted in world.names().items() if not only or name in only}
    seen: dict[str, dict[str, int]] = {}
    for person, client in clients_of(secret):
        for name, wanted in asked.items():
            url = reverse(name, kwargs=world.arguments(name, wanted, secret))
            seen.setdefault(name, {})[person] = status(client, url, method, headers, body(name, secret))
    return seen


def printed(codes: dict[str, list[str]]) -> str:
    """Rows as the table has them, to be read and copied."""
    return "\n".join(f"{name:<38} " + "  ".join(f"{code:>3}" for code in row) for name, row in sorted(codes.items()))


def wrong(seen: dict[str, dict[str, int]], method: str, only: Collection[str] = ()) -> str:
    """Rows that are not in the table as they are; rows of the table without an address count too."""
    actual = {name: [str(codes[person]) for person in PEOPLE] for name, codes in seen.items()}
    table = {name: codes for name, codes in expected(method).items() if not only or name in only}
    gone = {name: ["no such address"] for name in table.keys() - actual.keys()}
    if os.environ.get("PRINT_MATRIX"):  # to be read before it is taken over
        Path(os.environ["PRINT_MATRIX"]).write_text(printed(actual))
    return printed({name: codes for name, codes in actual.items() if codes != table.get(name)} | gone)


def test_every_address_has_a_name() -> None:
    """What has no name is in no table; the administration's own two only redirect."""
    assert set(world.nameless()) == {"admin <path:object_id>/", "admin (?P<url>.*)$"}


@pytest.mark.parametrize("method", TABLES)
def test_every_address_stands_in_the_table(method: str) -> None:
    """What it answers there is asked by `make proof`."""
    assert set(world.names()) == set(expected(method))


@pytest.mark.proof
@pytest.mark.parametrize("method", TABLES)
def test_every_address_answers_every_person_as_the_table_says(method: str, secret: world.World) -> None:
    """A POST says no more than what it is about: whom the page lets try is the question, not what trying does."""
    assert wrong(answers(secret, method), method) == ""


@pytest.mark.parametrize("method", TABLES)
def test_every_row_tells_people_apart_from_a_missing_thing(method: str) -> None:
    """Where all are told that there is nothing, the row would stay the same without any guard."""
    vacuous = {name for name, codes in expected(method).items() if set(codes[2:]) == {"404"}}
    assert vacuous <= OWN_ONLY | NEVER_HERE | BY_TOKEN


@pytest.mark.proof
@pytest.mark.parametrize("method", TABLES)
def test_a_partial_page_is_given_to_nobody_who_does_not_get_the_page(method: str, secret: world.World) -> None:
    assert wrong(answers(secret, method, {"HX-Request": "true"}), method) == ""


@pytest.mark.proof
def test_a_superuser_is_answered_like_anyone_with_the_same_roles(secret: world.World) -> None:
    plain, root = (personas.user_for("lawyer", "administrator") for _n in range(2))
    User.objects.filter(pk=root.pk).update(is_superuser=True)
    assert root.pk not in access.viewer_of(plain).principals
    clients = [personas.signed_in(User.objects.get(pk=user.pk)) for user in (plain, root)]
    different = {}
    for (name, wanted), method in product(world.names().items(), TABLES):
        url = reverse(name, kwargs=world.arguments(name, wanted, secret))
        codes = [status(client, url, method) for client in clients]
        if codes[0] != codes[1]:
            different[method, name] = codes
    assert different == {}


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
