"""Twenty-four threads grant, bar, join, add parties, open and read at once; who may not see never does."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections, transaction
from django.urls import path, reverse
from django.utils import timezone

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.db import sight
from lawcrm.urls import urlpatterns
from matters.actions import team, walls
from matters.actions.opening import Opening, open_matter
from matters.models import Matter, MatterType, Party, Wall
from matters.models.levels import Level
from tests import factories, personas
from tests.access.sight_model import Model
from tests.access.test_planted_bugs import any_matter
from tests.access.test_sight_machine import bare_numbers, numbers
from tests.lawcrm import planted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]
THREADS, ROUNDS = 24, 25
LOCKING = re.compile(r"perform 1 from matters_matter where id = any\(\w+\) order by id for no key update;")
BODY = re.compile(r"begin\b.*\bend", re.DOTALL)
REASON = "race"
NEVER = 2**63


@dataclass
class Firm:
    """What the threads share: rows, and what each did and saw with the moments around it."""

    keeper: User
    people: list[User]
    groups: list[Group]
    matters: list[Matter]
    contacts: list[Contact]
    # Each is adverse in the matter of its place, and nobody's client.
    adverse: list[Contact]
    kind: MatterType
    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(THREADS))
    lock: threading.Lock = field(default_factory=threading.Lock)
    model: Model = field(default_factory=Model)
    opened: list[Matter] = field(default_factory=list)
    # Person, matter, when the wall certainly stood, when it began to be lowered.
    stood: list[list[int]] = field(default_factory=list)
    # Person, when asking began, when it was answered, matters seen by manager and by bare SQL.
    reads: list[tuple[int, int, int, set[int]]] = field(default_factory=list)
    # How and of what people were shown too little or too much of the matters that only they open and close.
    lost: list[tuple[str, int]] = field(default_factory=list)
    leaked: list[tuple[str, int]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    errors: list[BaseException] = field(default_factory=list)


@pytest.fixture
def firm() -> Firm:
    keeper = personas.user_for("lawyer")
    people = [personas.user_for("lawyer") for _n in range(THREADS)]
    matters = [factories.matter(responsible=keeper, number=f"before the race {n}") for n in range(4)]
    for matter in matters:
        for level in Level.values:
            factories.grant(matter, keeper, level)
    adverse = [factories.contact() for _matter in matters]
    for matter, contact in zip(matters, adverse, strict=True):
        factories.party(matter, contact, "adverse")
    return Firm(
        keeper=keeper,
        people=people,
        groups=[personas.practice_group(f"Practice {n}", keeper) for n in range(3)],
        matters=matters,
        contacts=[factories.show(factories.contact(), keeper) for _n in range(3)],
        adverse=adverse,
        kind=factories.matter_type(),
    )


class Thread:
    """One of them: what concerns its own person only it changes, so that what must be true at the end is known."""

    def __init__(self, firm: Firm, number: int) -> None:
        self.firm, self.number, self.chance = firm, number, random.Random(number)  # noqa: S311 - repeatable
        self.walls: dict[int, tuple[Wall, list[int]]] = {}
        self.client_walls: dict[int, Wall] = {}
        self.me = firm.people[number]
        self.browser = personas.signed_in(self.me)

    def run(self) -> None:
        steps = (
            self.grant_or_withdraw,
            self.raise_or_lower,
            self.wall_off_adverse,
            self.join_or_leave,
            self.party,
            self.open,
            self.save_what_was_read_long_ago,
            self.read,
            self.look,
        )
        self.firm.barrier.wait()
        try:
            for _round in range(ROUNDS):
                step = self.chance.choices(steps, weights=(5, 4, 3, 2, 2, 1, 1, 5, 6))[0]
                self.take(step, self.chance.randrange(len(self.firm.matters)))
        finally:
            connections.close_all()

    def take(self, step: Any, matter: int) -> None:
        """An error is kept and the race goes on: a planted one must not end it before anybody has looked."""
        try:
            step(matter)
            self.firm.done[step.__name__] += 1
        except BaseException as error:  # noqa: BLE001 - whatever a person would have seen
            self.firm.errors.append(error)

    def act(self, action: Any, **arguments: Any) -> Any:
        with access.as_system("race"), suppress(audit.Refused):
            return action(actor=self.firm.keeper, reason=REASON, now=timezone.now(), **arguments) or True
        return None

    def noted(self, pairs: set[Any], pair: Any, *, there: bool) -> None:
        with self.firm.lock:
            (pairs.add if there else pairs.discard)(pair)

    def grant_or_withdraw(self, matter: int) -> None:
        grants, pair = self.firm.model.grants, (self.number, matter)
        is_given = pair in grants
        action = team.withdraw_access if is_given else team.grant_access
        level = {} if is_given else {"level": Level.WORK}
        if self.act(action, matter=self.firm.matters[matter], to=self.me, **level):
            self.noted(grants, pair, there=not is_given)

    def raise_or_lower(self, matter: int) -> None:
        if matter in self.walls:
            wall, stood = self.walls.pop(matter)
            stood[3] = time.monotonic_ns()
            assert self.act(walls.lower_wall, wall=wall)
            self.noted(self.firm.model.bars, (self.number, matter), there=False)
        elif wall := self.act(walls.raise_wall, matter=self.firm.matters[matter], against=[self.me]):
            stood = [self.number, self.firm.matters[matter].pk, time.monotonic_ns(), NEVER]
            self.firm.stood.append(stood)
            self.walls[matter] = wall, stood
            self.noted(self.firm.model.bars, (self.number, matter), there=True)

    def wall_off_adverse(self, matter: int) -> None:
        """It closes no matter, but the contact has to be looked at with every matter it is in."""
        if wall := self.client_walls.pop(matter, None):
            assert self.act(walls.lower_wall, wall=wall)
        elif wall := self.act(walls.raise_client_wall, contact=self.firm.adverse[matter], against=[self.me]):
            self.client_walls[matter] = wall

    def join_or_leave(self, _matter: int) -> None:
        group = self.chance.randrange(len(self.firm.groups))
        pair = (self.number, group)
        is_member = pair in self.firm.model.groups
        (personas.leave if is_member else personas.join)(self.firm.groups[group], self.me)
        self.noted(self.firm.model.groups, pair, there=not is_member)

    def party(self, matter: int) -> None:
        """Each thread has one matter and contact of its own to put together and take apart."""
        if self.number >= len(self.firm.matters) * len(self.firm.contacts):
            return self.group_grant(matter)
        number, contact = divmod(self.number, len(self.firm.contacts))
        row, pair = self.firm.matters[number], (number, contact, "client")
        is_party = pair in self.firm.model.parties
        with access.as_system("race"), transaction.atomic():
            sight.lock([row.pk], [self.firm.contacts[contact].pk])
            if is_party:
                Party.objects.filter(matter=row, contact=self.firm.contacts[contact]).delete()
            else:
                values = {"role": "client", "since": date(2026, 1, 1)}
                Party.objects.create(matter=row, contact=self.firm.contacts[contact], **values)
        return self.noted(self.firm.model.parties, pair, there=not is_party)

    def group_grant(self, _matter: int) -> None:
        number, group = divmod(self.number - 12, len(self.firm.groups))
        pair = (-1 - group, number)
        is_given = pair in self.firm.model.grants
        action = team.withdraw_access if is_given else team.grant_access
        level = {} if is_given else {"level": Level.VIEW}
        if self.act(action, matter=self.firm.matters[number], to=self.firm.groups[group], **level):
            self.noted(self.firm.model.grants, pair, there=not is_given)

    def open(self, _matter: int) -> None:
        wanted = Opening(
            once=uuid4(),
            title="Opened in a race",
            matter_type=self.firm.kind,
            jurisdiction="DE",
            opened_on=date(2026, 11, 20),
            responsible=self.firm.keeper,
            client=self.firm.contacts[0],
            people=(self.me,),
        )
        with access.as_user(self.firm.keeper):
            self.firm.opened.append(open_matter(actor=self.firm.keeper, wanted=wanted, now=timezone.now()))

    def save_what_was_read_long_ago(self, matter: int) -> None:
        """As a form does that lay open: with everybody who saw the matter before the race."""
        with access.as_system("race"), transaction.atomic():
            copy(self.firm.matters[matter]).save()

    def look(self, matter: int) -> None:
        """At what only this thread grants and bars, so that it is known at this moment."""
        granted = {place for place in range(len(self.firm.matters)) if (self.number, place) in self.firm.model.grants}
        due = granted - self.walls.keys()
        in_a_group = any((self.number, group) in self.firm.model.groups for group in range(len(self.firm.groups)))
        fair = {*range(len(self.firm.matters))} - self.walls.keys() if in_a_group else due
        with access.as_user(User.objects.get(pk=self.me.pk)):
            people = numbers(self.firm.adverse, Contact) | bare_numbers(self.firm.adverse)
        self.firm.leaked += [("contact", place) for place in people & self.client_walls.keys()]
        for how, seen in self.sights(matter):
            asked = {matter} if how == "page" else {*range(len(self.firm.matters))}
            self.firm.lost += [(how, place) for place in asked & due - seen]
            self.firm.leaked += [(how, place) for place in seen - fair]

    def sights(self, matter: int) -> Iterator[tuple[str, set[int]]]:
        with access.as_user(User.objects.get(pk=self.me.pk)):
            yield "manager", numbers(self.firm.matters, Matter)
            yield "SQL", bare_numbers(self.firm.matters)
        page = self.browser.get(reverse("matters:detail", args=[self.firm.matters[matter].public_id]))
        assert page.status_code in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}
        yield "page", {matter} if page.status_code == HTTPStatus.OK else set()

    def read(self, _matter: int) -> None:
        number = self.chance.randrange(THREADS)
        begun = time.monotonic_ns()
        with access.as_user(User.objects.get(pk=self.firm.people[number].pk)), transaction.atomic():
            seen = set(Matter.objects.values_list("pk", flat=True))
        with access.as_user(User.objects.get(pk=self.firm.people[number].pk)), connection.cursor() as cursor:
            cursor.execute("select id from matters_matter union select matter_id from matters_party")
            seen |= {key for (key,) in cursor.fetchall()}
        self.firm.reads.append((number, begun, time.monotonic_ns(), seen))


def forbidden(firm: Firm) -> list[tuple[int, int]]:
    """What somebody was shown who asked after a wall against them was committed and before it was lowered."""
    walls_of: dict[int, list[list[int]]] = {}
    for stood in firm.stood:
        walls_of.setdefault(stood[0], []).append(stood)
    return [
        (person, matter)
        for person, begun, ended, seen in firm.reads
        for _person, matter, raised, lowered in walls_of.get(person, [])
        if raised < begun and ended < lowered and matter in seen
    ]


def test_a_wall_around_somebody_adverse_and_a_grant_do_not_wait_for_each_other(firm: Firm) -> None:
    """Both end, whichever comes first: matters are locked before contacts by either."""
    matter, contact = firm.matters[0], firm.adverse[0]
    has_matter, wall_waits = threading.Event(), threading.Event()

    def give() -> None:
        try:
            with access.as_system("race"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("select 1 from matters_matter where id = %s for no key update", [matter.pk])
                has_matter.set()
                wall_waits.wait(10)
                factories.grant(matter, firm.people[0])
        finally:
            connections.close_all()

    def raise_wall() -> None:
        try:
            has_matter.wait(10)
            Thread(firm, 1).act(walls.raise_client_wall, contact=contact, against=[firm.people[1]])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(give), threads.submit(raise_wall)]
        has_matter.wait(10)
        time.sleep(1)  # the wall has taken what it could
        wall_waits.set()
        assert [one.exception(30) for one in both] == [None, None]
    with access.as_system("test"):
        assert sight.wrong() == []


def race(firm: Firm, *, most: int = 1) -> None:
    """Over again with the same people while nobody has lost anything: what is planted shows itself by chance."""
    threads_of_it = [Thread(firm, number) for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        for _again in range(most):
            list(threads.map(Thread.run, threads_of_it))
            if firm.lost:
                return


def wrong_at_the_end(firm: Firm) -> list[int]:
    """People who do not see just what the model says."""
    found = []
    for number, person in enumerate(firm.people):
        with access.as_user(User.objects.get(pk=person.pk)):
            seen = numbers(firm.matters, Matter)
        if seen != {place for place in range(len(firm.matters)) if firm.model.is_granted(number, place)}:
            found.append(number)
    return found


def test_no_race_shows_a_forbidden_row_or_loses_a_grant(firm: Firm) -> None:
    race(firm)
    assert firm.errors == []
    assert min(firm.done.values()) > 5, firm.done
    assert any(begun > stood[2] for stood in firm.stood for _p, begun, _e, _s in firm.reads)
    assert (forbidden(firm), firm.leaked, firm.lost) == ([], [], [])
    with access.as_system("test"):
        assert sight.wrong() == []
        assert len({matter.number for matter in firm.opened}) == len(firm.opened)
    assert wrong_at_the_end(firm) == []


@contextmanager
def planted_in_the_database(statement: str, undo: str) -> Iterator[None]:
    with planted.owner() as session:
        session.execute(statement)
        try:
            yield
        finally:
            session.execute(undo)


def definition(function: str) -> str:
    with planted.owner() as session:
        found = session.execute("select pg_get_functiondef(%s::regprocedure)", [function]).fetchone()
    assert found is not None
    return str(found[0])


def test_the_race_notices_a_grant_lost_for_want_of_a_lock(firm: Firm) -> None:
    """Both locks are gone, the action's and the trigger's: each alone holds."""
    of_actions, of_trigger = map(definition, ("sight_lock(bigint[],bigint[])", "matter_sight_refresh(bigint[])"))
    without = LOCKING.sub("", of_trigger), BODY.sub("begin end", of_actions)
    assert without != (of_trigger, of_actions)
    with planted_in_the_database(";".join(without), f"{of_actions};{of_trigger}"):
        race(firm, most=5)
    assert firm.lost


def test_the_race_notices_a_stale_row_that_is_saved_with_who_saw_it(firm: Firm) -> None:
    table = "alter table matters_matter {} trigger guard_sight"
    with planted_in_the_database(table.format("disable"), table.format("enable")):
        race(firm, most=5)
    assert firm.lost


def test_the_race_notices_a_page_that_asks_nobody(firm: Firm, settings: Any) -> None:
    settings.ROOT_URLCONF = (path("matters/<uuid:public_id>/", any_matter), *urlpatterns)
    race(firm)
    assert {how for how, _matter in firm.leaked} == {"page"}
    assert firm.lost == []


def test_the_race_would_notice_a_wall_that_does_not_hold(firm: Firm) -> None:
    """A read that shows what a standing wall hides is found among all others."""
    matter = firm.matters[0].pk
    firm.stood.append([3, matter, 100, 900])
    firm.reads += [(3, 50, 200, {matter}), (3, 200, 950, {matter}), (4, 200, 300, {matter}), (3, 200, 300, {7})]
    assert forbidden(firm) == []
    firm.reads.append((3, 200, 300, {matter}))
    assert forbidden(firm) == [(3, matter)]
