"""A wall around a client: the contact, every matter in which it is the client, and whoever is met only there."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, IntegrityError, connection, transaction

from clients.models import Contact, ContactUserObjectPermission
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.crypto.marks import mark
from lawcrm.db import sight
from lawcrm.models import JournalEntry
from matters.actions import parties, team, wall_refusals, walls
from matters.models import Matter, Party, Wall, WallBar
from matters.models.levels import Level
from tests import factories, personas
from tests.access.test_sight import sees
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db


def wall_off(actor: User, contact: Contact, *against: team.Principal, **terms: Any) -> Wall:
    with access.as_user(actor):
        return walls.raise_client_wall(
            actor=actor,
            contact=contact,
            against=against,
            reason="acted for the seller",
            now=NOW,
            terms=walls.Terms(**terms),
        )


def lower(actor: User, wall: Wall) -> None:
    with access.as_user(actor):
        walls.lower_wall(actor=actor, wall=wall, reason="sold", now=NOW)


def settle() -> None:
    """What waits for the end of the transaction is asked now."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def as_it_should_be() -> bool:
    settle()
    return sight.wrong() == []


@pytest.fixture
def client() -> Contact:
    return factories.contact("Nordlys Energi A/S", kind="organisation")


@pytest.fixture
def first(opened: Opener, client: Contact, ida: User) -> Matter:
    return opened("Nordlys, merger", client=client, people=(ida,))


@pytest.mark.usefixtures("first")
def test_it_closes_every_matter_of_the_client_those_opened_later_included(
    opened: Opener, client: Contact, karin: User, ida: User
) -> None:
    other = opened("Nordlys, lease", client=client, people=(ida,), groups=(personas.practice_group("Energy", ida),))
    wall = wall_off(karin, client, ida)
    later = opened("Nordlys, tax", client=client, people=(ida,))
    matters = [other, later]
    assert [sees(ida, one) for one in (*matters, client)] == [False, False, False]
    assert [sees(karin, one) for one in (*matters, client)] == [True, True, True]
    assert as_it_should_be()
    lower(karin, wall)
    assert [sees(ida, one) for one in (*matters, client)] == [True, True, True]
    assert as_it_should_be()


@pytest.mark.usefixtures("first")
def test_it_leaves_matters_in_which_the_contact_is_somebody_else(
    opened: Opener, client: Contact, karin: User, ida: User
) -> None:
    against = opened("Hansen mod Nordlys", adverse=(client,), people=(ida,))
    wall_off(karin, client, ida)
    assert (sees(ida, against), sees(ida, client)) == (True, False)
    assert as_it_should_be()


@pytest.mark.usefixtures("first")
def test_a_client_added_or_changed_later_brings_the_wall_along(
    opened: Opener, client: Contact, karin: User, ida: User
) -> None:
    wall_off(karin, client, ida)
    matter = opened("Hansen, lease", people=(ida,))
    assert sees(ida, matter)
    with access.as_user(karin):
        party = parties.add_party(
            actor=karin, matter=matter, contact=client, role=Party.Role.CLIENT, since=NOW.date(), now=NOW
        )
    assert not sees(ida, matter)
    with access.as_system("test"):
        party.role = Party.Role.INSURER
        party.save()
    assert sees(ida, matter)
    assert as_it_should_be()
    with access.as_system("test"):
        party.role = Party.Role.CLIENT
        party.save()
        assert not sees(ida, matter)
        party.delete()
    assert sees(ida, matter)
    assert as_it_should_be()


def test_whoever_is_met_only_behind_the_wall_vanishes_too(
    opened: Opener, client: Contact, karin: User, ida: User
) -> None:
    witness, known = factories.contact("Aleksandra Kowalczyk"), factories.contact("Hjalmar Fredriksen")
    matter = opened("Nordlys ./. Bygg", client=client, adverse=(witness, known), people=(ida,))
    opened("Fredriksen, will", client=known, people=(ida,))
    assert (sees(ida, witness), sees(ida, known)) == (True, True)
    wall_off(karin, client, ida)
    assert (sees(ida, witness), sees(ida, known)) == (False, True)
    assert (sees(karin, witness), sees(karin, known)) == (True, True)
    factories.party(matter, factories.contact("New"), "third")
    assert as_it_should_be()


def test_a_group_kept_out_keeps_out_its_members_and_those_who_join(
    first: Matter, client: Contact, karin: User, ida: User
) -> None:
    energy = personas.practice_group("Energy")
    wall_off(karin, client, energy)
    assert sees(ida, first)
    personas.join(energy, ida)
    assert (sees(ida, first), sees(ida, client)) == (False, False)


def test_it_beats_the_contact_s_own_grant_and_the_one_who_entered_it(
    client: Contact, karin: User, first: Matter
) -> None:
    creator = personas.user_for("lawyer")
    with access.as_user(creator), transaction.atomic():
        mine = Contact.objects.create(name="Own entry", kind="person", source="client", collected_on=NOW.date())
    permission = Permission.objects.get(content_type__app_label="clients", codename="view_contact")
    with access.as_user(creator):
        ContactUserObjectPermission.objects.create(user=creator, permission=permission, content_object=mine)
    factories.party(first, mine)
    assert sees(creator, mine)
    wall_off(karin, mine, creator)
    assert not sees(creator, mine)


def test_a_client_of_many_walled_matters_lists_none_of_them(
    opened: Opener, client: Contact, karin: User, ida: User, outsider: User
) -> None:
    """Whom its matters keep out, the client itself keeps out: nothing has to be looked at again row by row."""
    matters = [opened(f"Nordlys {n}", client=client, people=(ida, outsider)) for n in range(3)]
    wall_off(karin, client, ida)
    with access.as_system("test"):
        client.refresh_from_db()
    assert (client.walled, set(client.acl) >= {karin.pk, outsider.pk}, client.deny) == (None, True, [ida.pk])
    with access.as_user(karin):
        walls.raise_wall(actor=karin, matter=matters[0], against=[outsider], reason="relative", now=NOW)
        team.grant_access(
            actor=karin, matter=matters[1], to=personas.user_for("lawyer"), level=Level.VIEW, reason="x", now=NOW
        )
    with access.as_system("test"):
        client.refresh_from_db()
    assert client.walled == [matters[0].pk]
    assert sees(outsider, client)
    assert as_it_should_be()


def test_what_is_hidden_from_the_raiser_does_not_change_the_answer(
    opened: Opener, client: Contact, karin: User, ida: User, first: Matter
) -> None:
    """Ida answers for a matter of the client that Karin does not see: a refusal would tell her of it."""
    hidden = factories.matter("Secret", responsible=ida, number="S-1")
    factories.party(hidden, client)
    factories.grant(hidden, ida, "manage_matter")
    wall_off(karin, client, ida)
    assert not sees(ida, hidden)
    assert as_it_should_be()


def test_it_keeps_out_nobody_a_visible_matter_cannot_do_without(
    opened: Opener, client: Contact, karin: User, ida: User
) -> None:
    opened("Nordlys, lease", client=client, responsible=ida)
    with pytest.raises(wall_refusals.KeepsOutResponsible, match="2026-"):
        wall_off(karin, client, ida)
    with pytest.raises(wall_refusals.KeepsOutYourself):
        wall_off(karin, client, karin)


def test_no_wall_around_an_entry_of_the_directory(karin: User, ida: User) -> None:
    court = factories.contact("Landgericht Köln", is_directory=True, directory_reason="court")
    with pytest.raises(wall_refusals.EverybodySees):
        wall_off(karin, court, ida)


def rejected(change: Callable[[], object]) -> str:
    """What the database itself says when no action stands before it."""
    try:
        with access.as_system("test"), transaction.atomic():
            change()
            settle()
    except DatabaseError as refusal:
        return str(refusal).splitlines()[0]
    return ""


def test_the_database_keeps_walls_and_refuses_unfit_rows(
    first: Matter, client: Contact, karin: User, ida: User
) -> None:
    wall = wall_off(karin, client, ida)
    role, ended = Group.objects.get(name="lawyer"), personas.user_for("lawyer")
    ended.is_active = False
    ended.save()
    bar: dict[str, Any] = {"wall": wall, "contact": client}
    bars = WallBar.objects
    facts: dict[str, Any] = {"reason": "x", "raised_by": karin, "raised_at": NOW}

    def reopened() -> None:
        audit.update(bars.all(), state="lifted")
        audit.update(bars.all(), state="standing")

    cases: dict[Callable[[], object], str] = {
        lambda: bars.all().delete(): "a wall is lowered, not deleted",
        lambda: audit.update(bars.all(), user=karin): "a bar is lifted, not changed",
        reopened: "a bar is lifted, not changed",
        lambda: bars.create(**bar, user=ida): 'duplicate key value violates unique constraint "matters_bar_once"',
        lambda: bars.create(wall=wall, user=karin): (
            'new row for relation "matters_wallbar" violates check constraint "matters_bar_one_root"'
        ),
        lambda: Wall.objects.create(**facts): (
            'new row for relation "matters_wall" violates check constraint "matters_wall_one_root"'
        ),
        lambda: Wall.objects.create(**facts, matter=first, starts_at=NOW, ends_at=NOW): (
            'new row for relation "matters_wall" violates check constraint "matters_wall_ends_after_start"'
        ),
        lambda: factories.grant(first, role): "no grant to a role",
        lambda: factories.grant(first, ended): "no grant to an account that has ended",
    }
    with access.as_system("test"):
        said = {what: rejected(change) for change, what in cases.items()}
    assert said == {what: what for what in said}


def test_a_wall_goes_with_its_matter(first: Matter, karin: User, ida: User) -> None:
    from privacy.actions.erasure import erase_matter

    with access.as_user(karin):
        walls.raise_wall(actor=karin, matter=first, against=[ida], reason="x", now=NOW)
    with access.as_system("test"), transaction.atomic():
        erase_matter(first, actor_id=None)
        assert not Wall.objects.exists()
    assert as_it_should_be()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_whatever_order_sight_follows_the_truth(seed: int) -> None:
    """Made-up days: grants, parties and walls come and go; after each the comparison must find nothing."""
    chance = random.Random(seed)  # noqa: S311 - a test that can be run again
    people = [factories.user(f"Person {n}") for n in range(4)]
    groups: list[team.Principal] = [
        personas.practice_group("A", people[0], people[1]),
        personas.practice_group("B", people[2]),
    ]
    matters = [factories.matter(f"Matter {n}", responsible=people[3]) for n in range(4)]
    contacts = [factories.contact(f"Contact {n}") for n in range(4)]
    done = 0
    while done < 60:
        matter, contact = chance.choice(matters), chance.choice(contacts)
        one = chance.choice([*people, *groups])
        who: dict[str, Any] = {"user" if isinstance(one, User) else "group": one}
        with access.as_system("test"), transaction.atomic():
            bars = WallBar.objects.exclude(state="lifted")
            match chance.randrange(5):
                case 0:
                    with suppress(IntegrityError), transaction.atomic():
                        factories.grant(matter, one)
                case 1:
                    root: Any = {"matter": matter} if chance.random() < 0.4 else {"contact": contact}
                    if not bars.filter(**root, **who).exists():
                        wall = Wall.objects.create(reason="x", raised_by=people[3], raised_at=NOW, **root)
                        WallBar.objects.create(wall=wall, **root, **who)
                case 2 if bar := chance.choice([None, *bars]):
                    bar.state = "lifted"
                    bar.save()
                case 3:
                    role = chance.choice(["client", "client", "adverse"])
                    Party.objects.get_or_create(matter=matter, contact=contact, role=role, defaults={"since": NOW})
                case 4 if party := chance.choice([None, *Party.objects.all()]):
                    party.delete()
        done += 1
        assert sight.wrong() == [], (seed, done)


def told_of(person: User, wall: Wall) -> dict[str, int]:
    """How many rows about the wall they find, through the managers and by bare SQL, and what a forged form says."""
    tables = [f"matters_{past}{name}" for past in ("", "historical") for name in ("wall", "wallbar")]
    with access.as_user(User.objects.get(pk=person.pk)), connection.cursor() as cursor:
        entries = JournalEntry.objects.filter(kind__contains="wall_raised")
        found = {"walls": Wall.objects.count(), "bars": WallBar.objects.count(), "entries": entries.count()}
        for table in (*tables, "lawcrm_journalentry where kind like '%%wall_raised%%'"):
            cursor.execute(f"select count(*) from {table}")
            found[table.partition(" ")[0]] = cursor.fetchone()[0]
    answer = personas.signed_in(person).post("/matters/walls/lower/", {"wall": mark(wall), "reason": ""})
    return {**found, "answer": answer.status_code}


def test_whoever_meets_the_client_as_an_adversary_is_told_of_no_wall(
    opened: Opener, client: Contact, karin: User, ida: User, outsider: User
) -> None:
    opened("Nordlys, lease", client=client)
    against = opened("Berg mod Nordlys", adverse=(client,), people=(ida,), responsible=ida)
    wall = wall_off(karin, client, outsider)
    with suppress(audit.Refused):
        wall_off(karin, client, outsider)
    assert (sees(ida, against), sees(ida, client)) == (True, True)
    found = told_of(ida, wall)
    assert found == {**dict.fromkeys(found, 0), "answer": 404}
    found = told_of(karin, wall)
    assert (found["walls"], found["bars"], found["entries"], found["answer"]) == (1, 1, 1, 422)


def test_people_from_outside_are_told_of_no_wall(opened: Opener, karin: User, ida: User) -> None:
    translator = personas.external_for("translator")
    matter = opened(people=(translator,))
    with access.as_user(karin):
        wall = walls.raise_wall(actor=karin, matter=matter, against=[ida], reason="rival", now=NOW)
    found = told_of(translator, wall)
    assert found == {**dict.fromkeys(found, 0), "answer": 404}
