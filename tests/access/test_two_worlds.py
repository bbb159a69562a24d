"""An outsider cannot tell a firm with a secret matter from one without: same answers, byte for byte."""

from collections.abc import Callable, Collection
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from deadlines.actions import feeds
from deadlines.models import Deadline, HolidayCalendar
from deadlines.queries import calendars, rulebook
from deadlines.queries import feeds as queries
from lawcrm import access, audit
from lawcrm.accounts.models import User
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
NOW = "2026-11-21T12:00:00Z"
SIGNED_IN: dict[str, Callable[[User], Client]] = {
    "anonymous": lambda _user: Client(),
    "password": personas.password_only,
}
OUTSIDERS = cast.OUTSIDERS | {name: cast.Person(("lawyer",)) for name in SIGNED_IN}


@time_machine.travel(NOW, tick=False)
def both_worlds(person: str, only: Collection[str] = ()) -> list[Answers]:
    """The answers to one outsider with the secret and without, of all addresses or these; all is undone."""
    who, keeper, group = OUTSIDERS[person], personas.user_for("lawyer"), personas.practice_group("Kept out")
    outsider = who.account()
    own = filling.fill("OMEGA", personas.user_for("lawyer"), group)
    cast.with_levels(2 if who.is_external else 3)(own.matter, outsider)
    left_out = not_asked(who) | (world.names().keys() - only if only else set())
    secret = Secret(own.ids, left_out, calendar_of(outsider, own))
    factories.purpose()
    remember_what_a_process_asks_once()
    client = SIGNED_IN.get(person, personas.signed_in)(outsider)
    sessions: list[dict[str, Any]] = []
    worlds: list[Answers] = []
    for has_secret in (True, False):
        with world.undone():
            if has_secret:
                establish(secret, keeper, group, who, outsider)
            who.since(outsider)
            worlds.append(answered(client, outsider, secret))
            assert any(b"BEGIN:VEVENT" in answer[2] for answer in worlds[-1].values()) == bool(secret.feed)
            # Asking a browser without a session for its session would give it one.
            sessions.append(dict(client.session) if settings.SESSION_COOKIE_NAME in client.cookies else {})
    assert sessions[0] == sessions[1]
    return worlds


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


def test_the_harness_notices_a_world_that_differs() -> None:
    """A reader of the secret is no outsider: the same comparison must see the difference."""
    OUTSIDERS["reader"] = cast.INSIDERS["reader"]
    try:
        assert differences(*both_worlds("reader"))
    finally:
        del OUTSIDERS["reader"]
