"""A wall around a client is raised while matters become this client's: whichever comes first, it closes them."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from clients.models import Contact
from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.db import sight
from matters.actions import parties, walls
from matters.actions.opening import Opening, open_matter
from matters.models import Matter, MatterType, Party
from matters.models.levels import Level
from tests import factories, personas
from tests.access.test_sight_machine import bare_numbers, numbers
from tests.access.test_sight_races import BODY, REASON, definition, planted_in_the_database
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]
ADDED, OPENED, ROUNDS = 8, 4, 4
LONGEST = 30  # seconds that a thread may wait for another
ORDERS = ("party", "wall")
LOCKS = ("sight_lock(bigint[],bigint[])", "sight_lock_around(bigint[],bigint[])", "sight_lock_clients(bigint[])")


@dataclass
class Firm:
    """Matters that somebody may see, none of them the client's yet."""

    keeper: User
    walled: User
    group: Group
    matters: list[Matter]
    client: Contact
    kind: MatterType
    opened: list[Matter] = field(default_factory=list)

    @property
    def of_the_client(self) -> list[Matter]:
        return self.matters + self.opened

    def add(self, matter: Matter) -> None:
        said = {"role": Party.Role.CLIENT, "since": date(2026, 1, 1), "now": timezone.now()}
        with access.as_user(self.keeper):
            parties.add_party(actor=self.keeper, matter=matter, contact=self.client, **said)

    def open(self) -> None:
        wanted = Opening(
            once=uuid4(),
            title="Opened in a race",
            matter_type=self.kind,
            jurisdiction="DE",
            opened_on=date(2026, 11, 20),
            responsible=self.keeper,
            client=self.client,
            people=(self.walled,),
        )
        with access.as_user(self.keeper):
            self.opened.append(open_matter(actor=self.keeper, wanted=wanted, now=timezone.now()))

    def keep_out(self, one: User | Group) -> None:
        said = {"reason": REASON, "now": timezone.now()}
        with access.as_user(self.keeper):
            walls.raise_client_wall(actor=self.keeper, contact=self.client, against=[one], **said)

    def seen(self) -> dict[str, set[int]]:
        """By place among the client's matters: as the manager, bare SQL and the pages show them."""
        walled = User.objects.get(pk=self.walled.pk)
        with access.as_user(walled):
            found = {"manager": numbers(self.of_the_client, Matter), "SQL": bare_numbers(self.of_the_client)}
        browser = personas.signed_in(walled)
        pages = [browser.get(reverse("matters:detail", args=[matter.public_id])) for matter in self.of_the_client]
        return found | {"page": {place for place, page in enumerate(pages) if page.status_code == HTTPStatus.OK}}


def everywhere(*places: int) -> dict[str, set[int]]:
    return {way: set(places) for way in ("manager", "SQL", "page")}


@pytest.fixture
def firm() -> Firm:
    return firm_with(2)


def firm_with(count: int) -> Firm:
    keeper, walled = personas.user_for("lawyer"), personas.user_for("lawyer")
    matters = [factories.matter(responsible=keeper, number=f"before {keeper.pk}-{place}") for place in range(count)]
    for matter in matters:
        factories.grant(matter, walled)
        for level in Level.values:
            factories.grant(matter, keeper, level)
    client = factories.show(factories.contact(), keeper)
    group = personas.practice_group(f"Practice {walled.pk}", walled)
    return Firm(keeper, walled, group, matters, client, factories.matter_type())


def closing(act: Callable[[], None]) -> None:
    """In a thread, whose connection ends with it."""
    try:
        act()
    finally:
        connections.close_all()


def one_before_the_other(first: Callable[[], None], second: Callable[[], None]) -> None:
    """The second is tried when the first has done everything but commit, and that only once the second waits."""
    has_acted, may_commit = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            first()
            has_acted.set()
            may_commit.wait(LONGEST)

    with ThreadPoolExecutor(2) as threads:
        held = threads.submit(closing, hold)
        has_acted.wait(LONGEST)
        other = threads.submit(closing, second)
        wait_for(lambda: other.done() or is_waited())
        may_commit.set()
        assert [one.exception(LONGEST) for one in (held, other)] == [None, None]


def is_waited() -> bool:
    """Whether a session of this database waits for another."""
    with connection.cursor() as cursor:
        cursor.execute("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
        return bool(cursor.fetchall())


def race_of_two(firm: Firm, first: str) -> None:
    acts = {"party": lambda: firm.add(firm.matters[0]), "wall": lambda: firm.keep_out(firm.walled)}
    firm.add(firm.matters[1])
    one_before_the_other(*(acts[name] for name in sorted(acts, reverse=first == "wall")))


@pytest.mark.parametrize("first", ORDERS)
def test_a_matter_that_becomes_the_client_s_meanwhile_is_closed(first: str, firm: Firm) -> None:
    assert firm.seen() == everywhere(0, 1)
    race_of_two(firm, first)
    assert firm.seen() == everywhere()
    with access.as_system("test"):
        assert sight.wrong() == []


@pytest.mark.parametrize("first", ["opening", "wall"])
def test_a_matter_that_is_opened_for_the_client_meanwhile_is_closed(first: str, firm: Firm) -> None:
    acts = {"opening": firm.open, "wall": lambda: firm.keep_out(firm.group)}
    firm.add(firm.matters[1])
    one_before_the_other(*(acts[name] for name in sorted(acts, reverse=first == "wall")))
    assert firm.seen() == everywhere(0)  # which is nobody's


@contextmanager
def without_locks() -> Iterator[None]:
    """Those of the actions and of the triggers: one alone holds."""
    with ExitStack() as planted:
        for function in LOCKS:
            before = definition(function)
            planted.enter_context(planted_in_the_database(BODY.sub("begin end", before), before))
        yield


@pytest.mark.parametrize("first", ORDERS)
def test_the_race_notices_that_nobody_locks_the_client(first: str, firm: Firm) -> None:
    with without_locks():
        race_of_two(firm, first)
    assert firm.seen() == everywhere(0)


def test_no_race_of_many_leaves_a_matter_of_the_client_open() -> None:
    """Eleven matters become the client's while a person is walled off, or the group they are in."""
    for round_ in range(ROUNDS):
        firm = firm_with(ADDED)
        assert storm(firm, firm.group if round_ % 2 else firm.walled) == [None] * (ADDED + OPENED)
        assert len(firm.of_the_client) == ADDED + OPENED
        assert firm.seen() == everywhere()
    with access.as_system("test"):
        assert sight.wrong() == []


def storm(firm: Firm, kept_out: User | Group) -> list[BaseException | None]:
    """All at once but the first, without which nobody may raise the wall; what each ended with."""
    firm.add(firm.matters[0])
    acts: list[Any] = [lambda matter=matter: firm.add(matter) for matter in firm.matters[1:]]
    acts += [firm.open] * OPENED
    acts.insert(len(acts) // 2, lambda: firm.keep_out(kept_out))
    barrier = threading.Barrier(len(acts))

    def together(act: Callable[[], None]) -> None:
        barrier.wait()
        act()

    with ThreadPoolExecutor(len(acts)) as threads:
        done: list[Future[None]] = [threads.submit(closing, lambda act=act: together(act)) for act in acts]
        return [one.exception(LONGEST) for one in done]
