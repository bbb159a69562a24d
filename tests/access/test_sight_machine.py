"""Whatever is granted, barred, joined, left, broken open or restricted, in any order: sight follows a model of sets."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.accounts.actions import practice, staff
from lawcrm.accounts.models import User
from lawcrm.db import sight
from matters.actions import break_glass, team, walls
from matters.models import BreakGlass, Matter, Party, Wall
from matters.models.levels import Level
from tests import factories, personas
from tests.access.sight_model import Model

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
REASON = "drawn by lot"
BOUNDS = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    phases=[Phase.generate],  # shrinking takes hours; the failing steps are printed as they are
)
# What a run that proves anything has seen succeed.
ALL_OF_IT = {
    *("grant_access", "withdraw_access", "raise_wall", "raise_client_wall", "lower_wall", "add_members"),
    *("remove_member", "end_access", "break_glass"),
}
PEOPLE, GROUPS, MATTERS, CONTACTS = (range(count) for count in (4, 2, 2, 2))
EXTERNAL, SUPERUSER = 2, 3
a_person, a_group = st.sampled_from(PEOPLE), st.sampled_from(GROUPS)
a_matter, a_contact = st.sampled_from(MATTERS), st.sampled_from(CONTACTS)
some_members = st.sets(st.tuples(a_person, a_group), min_size=2)
# A person by number, a group as -1 - number.
a_principal = st.one_of(a_person, a_group.map(lambda group: -1 - group))


@contextmanager
def drawn() -> Iterator[None]:
    """A refusal in words changes nothing, and the model neither."""
    with access.as_system("drawn by lot"), transaction.atomic():
        yield


@dataclass
class Firm:
    """Rows that stand before each example and are as they were after it."""

    keeper: User
    people: list[User]
    groups: list[Group]
    matters: list[Matter]
    contacts: list[Contact]


@pytest.fixture
def firm() -> Firm:
    keeper = personas.user_for("lawyer")
    people = [
        personas.external_for("external counsel") if n == EXTERNAL else personas.user_for("lawyer") for n in PEOPLE
    ]
    User.objects.filter(pk=people[SUPERUSER].pk).update(is_superuser=True)
    matters = [factories.matter(responsible=keeper) for _n in MATTERS]
    for matter, level in product(matters, Level.values):
        factories.grant(matter, keeper, level)
    groups = [personas.practice_group(f"Practice {n}", keeper=keeper) for n in GROUPS]
    return Firm(keeper, people, groups, matters, [factories.contact() for _n in CONTACTS])


class Sight(RuleBasedStateMachine):
    """Real rows beside the model; what an example did is rolled back with it."""

    firm: Firm
    done: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.keeper, self.people, self.groups = self.firm.keeper, self.firm.people, self.firm.groups
        self.matters, self.contacts = self.firm.matters, self.firm.contacts
        # Around what, against whom and around which: the wall, and all whom it names by now.
        self.walls: dict[tuple[str, int, int], tuple[Wall, set[int]]] = {}
        self.asked: Counter[int] = Counter()  # the product lets nobody ask for more than some a day
        self.returned: set[int] = set()  # whoever came back has no role yet
        self.someone = 0
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        try:
            assert sight.wrong() == []
            self.pages_agree()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    @initialize(person=a_person, granted=st.sets(st.tuples(a_principal, a_matter), min_size=3), members=some_members)
    def begin(self, person: int, granted: set[tuple[int, int]], members: set[tuple[int, int]]) -> None:
        """Somebody whose pages are asked for at the end, and sight that walls can take away."""
        self.someone = person
        for who, matter in sorted(granted):
            self.grant(who, matter, Level.VIEW)
        for member, group in sorted(members):
            self.join_or_leave(member, group)

    def principal(self, number: int) -> User | Group:
        if number < 0:
            return self.groups[-1 - number]
        return User.objects.get(pk=self.people[number].pk)

    def act(self, action: Any, **arguments: Any) -> Any:
        """What the action answers; None when it was refused."""
        try:
            with drawn():
                answer = action(actor=self.keeper, reason=REASON, now=timezone.now(), **arguments) or True
        except audit.Refused:
            return None
        self.done[action.__name__] += 1
        return answer

    @rule(who=a_principal, matter=a_matter, level=st.sampled_from(Level))
    def grant(self, who: int, matter: int, level: Level) -> None:
        if self.act(team.grant_access, matter=self.matters[matter], to=self.principal(who), level=level):
            self.model.grants.add((who, matter))

    @rule(who=a_principal, matter=a_matter)
    def withdraw(self, who: int, matter: int) -> None:
        if self.act(team.withdraw_access, matter=self.matters[matter], to=self.principal(who)):
            self.model.grants.discard((who, matter))

    @rule(who=a_principal, matter=a_matter)
    def raise_wall(self, who: int, matter: int) -> None:
        if wall := self.act(walls.raise_wall, matter=self.matters[matter], against=[self.principal(who)]):
            self.walls["matter", who, matter] = wall, {who}
            self.count_bars()

    @precondition(lambda self: self.model.glass | self.model.grants)
    @rule(data=st.data())
    def raise_wall_against_somebody_with_sight(self, data: st.DataObject) -> None:
        self.raise_wall(*data.draw(st.sampled_from(sorted(self.model.glass | self.model.grants))))

    @rule(who=a_principal, contact=a_contact)
    def raise_client_wall(self, who: int, contact: int) -> None:
        if wall := self.act(walls.raise_client_wall, contact=self.contacts[contact], against=[self.principal(who)]):
            self.walls["contact", who, contact] = wall, {who}
            self.count_bars()

    @precondition(lambda self: self.walls)
    @rule(data=st.data())
    def lower_wall(self, data: st.DataObject) -> None:
        around, who, thing = data.draw(st.sampled_from(sorted(self.walls)))
        cut_off = {pair for pair in self.model.glass if self.model.is_barred(*pair)}
        if self.act(walls.lower_wall, wall=self.walls[around, who, thing][0]):
            self.model.glass -= cut_off  # does not come back with the end of a wall
            del self.walls[around, who, thing]
            self.count_bars()

    def count_bars(self) -> None:
        self.model.bars, self.model.client_bars = (
            {
                (one, thing)
                for (there, _who, thing), (_wall, out) in self.walls.items()
                if there == around
                for one in out
            }
            for around in ("matter", "contact")
        )

    def keep_out_by_name(self, person: int, group: int) -> None:
        """Whoever leaves a group stays behind the walls that kept it out."""
        for (_around, who, _thing), (_wall, out) in self.walls.items():
            if who == -1 - group:
                out.add(person)
        self.count_bars()

    @rule(person=a_person, group=a_group)
    def join_or_leave(self, person: int, group: int) -> None:
        user, there = self.principal(person), self.groups[group]
        if (person, group) in self.model.groups:
            if done := self.act(practice.remove_member, group=there, user=user):
                self.keep_out_by_name(person, group)
        else:
            done = self.act(practice.add_members, group=there, users=[user])
        if done:
            self.model.groups ^= {(person, group)}

    @precondition(lambda self: self.behind_walls())
    @rule(data=st.data())
    def leave_a_group_behind_a_wall(self, data: st.DataObject) -> None:
        self.join_or_leave(*data.draw(st.sampled_from(self.behind_walls())))

    def behind_walls(self) -> list[tuple[int, int]]:
        kept_out = {-1 - who for _around, who, _thing in self.walls}
        return sorted(pair for pair in self.model.groups if pair[1] in kept_out)

    @rule(person=a_person, seldom=st.sampled_from([True, False, False]))
    def leave_the_firm(self, person: int, seldom: bool) -> None:  # noqa: FBT001 - drawn
        user = User.objects.get(pk=self.people[person].pk)
        if not seldom or person not in self.model.active or not self.act(staff.end_access, user=user):
            return
        for group in [group for member, group in self.model.groups if member == person]:
            self.keep_out_by_name(person, group)
        self.model.active.discard(person)
        for pairs in (self.model.groups, self.model.grants, self.model.glass):
            pairs -= {pair for pair in pairs if pair[0] == person}

    @precondition(lambda self: not self.model.active.issuperset(PEOPLE))
    @rule(data=st.data())
    def come_back(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(sorted(set(PEOPLE) - self.model.active)))
        if self.act(staff.reactivate, user=User.objects.get(pk=self.people[person].pk)):
            self.model.active.add(person)
            self.returned.add(person)

    @rule(data=st.data())
    def break_the_glass(self, data: st.DataObject) -> None:
        """Asked for, confirmed and settled as people and the job do it; the model says whether it has effect."""
        pairs = list(product(PEOPLE, MATTERS))
        without = [pair for pair in pairs if not self.model.is_granted(*pair)]
        person, matter = data.draw(st.sampled_from(without or pairs))
        if self.asked[person] == break_glass.MOST_A_DAY:
            return
        lawyer = person in self.model.active - {EXTERNAL, SUPERUSER} - self.returned
        barred, sees = self.model.is_barred(person, matter), self.model.is_granted(person, matter)
        asker, now = self.principal(person), timezone.now()
        wanted = {"number": self.matters[matter].number, "reason": REASON, "hours": 1, "confirmer": self.keeper}
        with suppress(audit.Refused), transaction.atomic(), access.as_user(asker):
            asked = break_glass.ask(actor=asker, now=now, **wanted)
            self.asked[person] += 1
            with access.as_user(self.keeper):
                break_glass.confirm(actor=self.keeper, asked=asked, now=now)
            break_glass.settle_confirmed(now=now)
        if lawyer and not barred and not sees:
            self.model.glass.add((person, matter))
            self.done["break_glass"] += 1

    @precondition(lambda self: self.model.glass)
    @rule(data=st.data())
    def end_break_glass(self, data: st.DataObject) -> None:
        person, matter = data.draw(st.sampled_from(sorted(self.model.glass)))
        with drawn():
            running = BreakGlass.objects.get(holder=self.people[person], matter=self.matters[matter], ended_at=None)
            break_glass.end(
                actor=self.people[person], glass=running, ending=BreakGlass.Ending.HOLDER, now=timezone.now()
            )
        self.model.glass.discard((person, matter))

    @rule(matter=a_matter, contact=a_contact, role=st.sampled_from(["client", "adverse"]))
    def add_or_remove_party(self, matter: int, contact: int, role: str) -> None:
        if contact in self.model.hidden:
            return
        with drawn():
            sight.lock([self.matters[matter].pk], [self.contacts[contact].pk])
            if (matter, contact, role) in self.model.parties:
                Party.objects.filter(matter=self.matters[matter], contact=self.contacts[contact], role=role).delete()
            else:
                factories.party(self.matters[matter], self.contacts[contact], role)
        self.model.parties ^= {(matter, contact, role)}

    @rule(contact=a_contact, how=st.sampled_from(["restricted_at", "quarantined_at"]))
    def hide_or_show_contact(self, contact: int, how: str) -> None:
        with drawn():
            row = Contact.objects.get(pk=self.contacts[contact].pk)
            if row.restricted_at or row.quarantined_at:
                row.restricted_at = row.quarantined_at = None
            else:
                setattr(row, how, timezone.now())
            row.save()
        self.model.hidden ^= {contact}

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        for person in PEOPLE:
            matters = {matter for matter in MATTERS if self.model.is_granted(person, matter)}
            contacts = {contact for contact in CONTACTS if self.model.sees_contact(person, contact)}
            with access.as_user(User.objects.get(pk=self.people[person].pk)):
                seen = numbers(self.matters, Matter), numbers(self.contacts, Contact)
                bare = bare_numbers(self.matters), bare_numbers(self.contacts)
            assert seen == bare == (matters, contacts), person

    def pages_agree(self) -> None:
        """Of one person: a page costs as much as all the other questions of an example."""
        user = User.objects.get(pk=self.people[self.someone].pk)
        client = personas.signed_in(user)
        for number, matter in enumerate(self.matters):
            sees = self.model.is_granted(self.someone, number)
            # What lapses by itself is no permission of the account.
            granted = sees and self.model.is_among(self.someone, self.model.grants, number)
            with access.as_system("test"):
                assert user.has_perm("matters.view_matter", Matter.objects.get(pk=matter.pk)) == granted
            status = client.get(reverse("matters:detail", args=[matter.public_id])).status_code
            shown = 403 if self.someone in self.returned else 200  # a grant without a role
            assert status == ((shown if sees else 404) if user.is_active else 302)


def numbers(rows: list[Any], model: Any) -> set[int]:
    seen = set(model.objects.values_list("pk", flat=True))
    return {number for number, row in enumerate(rows) if row.pk in seen}


def bare_numbers(rows: list[Any]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"select id from {rows[0]._meta.db_table}")
        seen = {key for (key,) in cursor.fetchall()}
    return {number for number, row in enumerate(rows) if row.pk in seen}


def test_sight_follows_the_model(firm: Firm) -> None:
    run(firm, Sight)
    assert Sight.done.keys() >= ALL_OF_IT, Sight.done


class WithoutWalls(Model):
    def is_barred(self, _person: int, _matter: int) -> bool:
        return False


class Blind(Sight):
    def __init__(self) -> None:
        super().__init__()
        self.model = WithoutWalls()


def test_a_model_that_forgets_walls_is_found_out(firm: Firm) -> None:
    with pytest.raises(AssertionError):
        run(firm, Blind)


def run(firm: Firm, machine: type[Sight]) -> None:
    number = int(os.environ.get("SIGHT_SEED") or random.randrange(2**32))  # noqa: S311 - to be repeated
    machine.firm, machine.done = firm, Counter()
    try:
        run_state_machine_as_test(seed(number)(machine), settings=BOUNDS)
    except BaseException as error:
        error.add_note(f"SIGHT_SEED={number}")
        raise
