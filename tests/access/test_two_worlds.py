"""An outsider cannot tell a firm with a secret matter from one without: same answers, byte for byte."""

import re
from collections.abc import Callable, Collection
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from clients.models import Contact
from deadlines.actions import feeds
from deadlines.models import Deadline, HolidayCalendar
from deadlines.queries import calendars, rulebook
from deadlines.queries import feeds as queries
from lawcrm import access, audit, firm
from lawcrm.accounts.models import User
from lawcrm.firm import FirmFacts
from matters.actions.opening import NewContact, Opening, open_matter
from matters.models import NumberSeries
from tests import factories, personas
from tests.access import cast, filling, world
from tests.access.two_worlds import (
    ABOUT_THE_RUNNING,
    BY_OFFICE,
    ENDS_THE_SESSION,
    Answer,
    Secret,
    answered,
    differences,
    establish,
)

type Answers = dict[Any, Answer]
pytestmark = [pytest.mark.django_db, pytest.mark.proof]
MOST_DOORS_SHUT = 350
FIRST_NUMBER, OPENED = 5001, 3
# How the numbers of a firm look that chose this form.
NUMBERS = {"number:04d": rb"\bM2026-\d{4}\b", "random": rb"\bM2026-[0-9A-Z]{6}\b"}
NOW = "2026-11-21T12:00:00Z"
SIGNED_IN: dict[str, Callable[[User], Client]] = {
    "anonymous": lambda _user: Client(),
    "password": personas.password_only,
}
OUTSIDERS = cast.OUTSIDERS | {name: cast.Person(("lawyer",)) for name in SIGNED_IN}


@time_machine.travel(NOW, tick=False)
def both_worlds(person: str, only: Collection[str] = (), *, opened: int = 0) -> list[Answers]:
    """The answers to one outsider with the secret and without, of all addresses or these; all is undone.

    `opened` more belong to the secret, which take their numbers from the row that the outsider's come from.
    """
    who, keeper, group = OUTSIDERS[person], personas.user_for("lawyer"), personas.practice_group("Kept out")
    outsider = who.account()
    own = filling.fill("OMEGA", personas.user_for("lawyer"), group)
    cast.with_levels(2 if who.is_external else 3)(own.matter, outsider)
    left_out = not_asked(who) | (world.names().keys() - only if only else set())
    secret = Secret(own.ids, left_out, calendar_of(outsider, own))
    factories.purpose()
    remember_what_a_process_asks_once()
    # The year has begun, and no number is one that a factory gave.
    NumberSeries.objects.create(year=timezone.localdate().year, next_number=FIRST_NUMBER)
    client = SIGNED_IN.get(person, personas.signed_in)(outsider)
    sessions: list[dict[str, Any]] = []
    worlds: list[Answers] = []
    for has_secret in (True, False):
        with world.undone():
            if has_secret:
                establish(secret, keeper, group, who, outsider)
                open_matters(keeper, opened)
            who.since(outsider)
            worlds.append(answered(client, outsider, secret))
            assert any(b"BEGIN:VEVENT" in answer[2] for answer in worlds[-1].values()) == bool(secret.feed)
            # Asking a browser without a session for its session would give it one.
            sessions.append(dict(client.session) if settings.SESSION_COOKIE_NAME in client.cookies else {})
    assert sessions[0] == sessions[1]
    return worlds


def open_matters(keeper: User, count: int) -> None:
    """As people open them."""
    for _n in range(count):
        wanted = Opening(
            once=uuid4(),
            title="Hidden",
            matter_type=factories.matter_type(),
            jurisdiction="DE",
            opened_on=timezone.localdate(),
            responsible=keeper,
            client=NewContact("Client", Contact.Kind.PERSON),
        )
        with access.as_user(keeper):
            open_matter(actor=keeper, wanted=wanted, now=timezone.now())


def calendar_of(outsider: User, own: filling.Filling) -> str:
    """The token of a calendar with their own deadline in it, or "" for those who may have none."""
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(pk=own.rows["deadlines.Deadline"].pk), assignee=outsider)
    if not queries.may_subscribe(outsider):
        return ""
    with access.as_user(outsider):
        return feeds.make_feed(actor=outsider, name="Phone", with_titles=True, now=timezone.now())


def remember_what_a_process_asks_once() -> None:
    """It would be asked in the first world alone, if that were the first time."""
    ContentType.objects.get_for_models(*apps.get_models())
    book = calendars.Book()
    for calendar in HolidayCalendar.objects.all():
        book.get(calendar.code)
    rulebook.packs_in_use()


def not_asked(who: cast.Person) -> frozenset[str]:
    by_office = (BY_OFFICE.get(role, set()) for role in who.roles)
    return frozenset().union(ABOUT_THE_RUNNING, ENDS_THE_SESSION, *by_office)


@pytest.mark.parametrize("person", OUTSIDERS)
def test_an_outsider_cannot_tell_the_worlds_apart(person: str) -> None:
    there, elsewhere = both_worlds(person)
    assert len(there) > MOST_DOORS_SHUT
    assert differences(there, elsewhere) == []


@pytest.fixture(params=NUMBERS)
def form_of_numbers(request: pytest.FixtureRequest, settings: Any) -> str:
    """What the firm chose when it was set up."""
    settings.FIRM_NAME = "Firm"
    form = f"M{{year}}-{{{request.param}}}"
    facts = FirmFacts("Firm", "DK", ["en"], "Europe/Copenhagen", form)
    with access.as_system("test"):
        firm.establish(facts=facts, now=timezone.now())
    return str(request.param)


@pytest.mark.parametrize("person", ["lawyer", "walled"])
def test_of_a_matter_just_opened_the_number_alone_differs(person: str, form_of_numbers: str) -> None:
    """The running number counts what is hidden; the random one is another one, and of that it tells nothing."""
    there, elsewhere = both_worlds(person, only={"matters:new"}, opened=OPENED)
    given = [numbers_in(world, NUMBERS[form_of_numbers]) for world in (there, elsewhere)]
    assert [len(numbers) for numbers in given] == [1, 1]
    assert {part for _request, parts in differences(there, elsewhere) for part in parts} == {"body"}
    assert differences(*(without(world, *given) for world in (there, elsewhere))) == []
    (with_secret,), (without_secret,) = given
    if form_of_numbers == "number:04d":
        assert int(with_secret[6:]) - int(without_secret[6:]) == OPENED


def numbers_in(answers: Answers, shape: bytes) -> set[bytes]:
    return {number for _status, _headers, body, *_rest in answers.values() for number in re.findall(shape, body)}


def without(answers: Answers, *given: set[bytes]) -> Answers:
    """The answers as they are before a number is written into them."""
    numbers = re.compile(b"|".join(map(re.escape, set().union(*given))))
    return {asked: (*answer[:2], numbers.sub(b"#", answer[2]), *answer[3:]) for asked, answer in answers.items()}


def test_the_harness_notices_a_world_that_differs() -> None:
    """A reader of the secret is no outsider: the same comparison must see the difference."""
    OUTSIDERS["reader"] = cast.INSIDERS["reader"]
    try:
        assert differences(*both_worlds("reader"))
    finally:
        del OUTSIDERS["reader"]
