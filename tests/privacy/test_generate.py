"""A generated firm: as large as asked, the same for the same seed, with derived columns equal to the truth."""

from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clients.models import Contact, ContactPoint
from deadlines.models import Deadline, Reminder
from lawcrm import access
from lawcrm.accounts.models import User
from matters.models import (
    Matter,
    MatterGroupObjectPermission,
    MatterUserObjectPermission,
    Party,
    Wall,
)
from matters.models.levels import Level
from privacy.generation import filling, names
from privacy.generation.chance import bits, share
from privacy.generation.plan import Plan, Size
from privacy.generation.rows import Table
from tests import factories

transactional = pytest.mark.django_db(transaction=True)
WORDS = ["--contacts=2000", "--matters=1500", "--users=40", "--grants=9000", "--into-empty"]
SIZE = {"contacts": 2000, "matters": 1500, "users": 40, "grants": 9000, "into_empty": True, "verbosity": 0}


def ask(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def seen_by(name: str) -> tuple[int, int]:
    with access.as_user(User.objects.get(email=f"{name}@generated.example")):
        return Matter.objects.count(), Contact.objects.filter(is_directory=False).count()


@transactional
def test_it_is_as_large_as_asked_and_nothing_derived_is_wrong() -> None:
    call_command("firm", "generate", *WORDS)
    with access.as_system("test"):
        assert Contact.objects.count() == 2000
        assert Matter.objects.count() == Deadline.objects.count() == 1500
        assert User.objects.count() == 40
        grants = MatterUserObjectPermission.objects.count() + MatterGroupObjectPermission.objects.count()
        assert grants == 9000
        assert 2.3 < Party.objects.count() / 1500 < 2.7
        assert Wall.objects.exists()
        assert Reminder.objects.exists()
        assert ContactPoint.objects.exists()
        assert {"DK", "SE", "DE", "TR", "GB"} == set(Contact.objects.values_list("country", flat=True).distinct())
        assert Contact.objects.exclude(walled=None).exists()
    assert ask("select * from sight_wrong()") == []
    narrow, middle, broad = seen_by("narrow"), seen_by("middle"), seen_by("broad")
    assert seen_by("nobody") == (0, 0)
    assert narrow[0] == 75
    assert narrow < middle < broad
    assert 1480 < broad[0] < 1500  # the rest is behind walls


@transactional
def test_the_tables_are_as_before_and_the_triggers_work_again() -> None:
    def shape() -> list[tuple[Any, ...]]:
        tables = "relnamespace = 'public'::regnamespace"
        return [
            *ask(f"select relname, relkind from pg_class where {tables} order by 1"),
            *ask("select conname, pg_get_constraintdef(oid), convalidated from pg_constraint order by 1, 2"),
            *ask("select tgname, tgrelid::regclass::text, tgenabled::text from pg_trigger where not tgisinternal"
                 " order by 1, 2"),
        ]  # fmt: skip

    before = shape()
    call_command("generate_firm", **SIZE)
    assert shape() == before
    with access.as_system("test"):
        matter, someone = Matter.objects.filter(deny=[]).earliest("pk"), factories.user()
        factories.grant(matter, someone)
        assert someone.pk in Matter.objects.get(pk=matter.pk).acl
        new = factories.contact("After the load")
        assert new.pk == 2001
    assert ask("select * from sight_wrong()") == []


@transactional
def test_nothing_made_up_is_mixed_with_real_data() -> None:
    with pytest.raises(CommandError, match="no demo"):
        call_command("generate_firm", **{**SIZE, "into_empty": False})
    factories.contact()
    with pytest.raises(CommandError, match="already"):
        call_command("generate_firm", **SIZE)
    with access.as_system("test"):
        assert Contact.objects.count() == 1


def plan(seed: int) -> Plan:
    first = dict.fromkeys([table.name for table in filling.TABLES], 1)
    permissions = dict.fromkeys([*Level.values, "view_contact", "lawyer"], 1)
    return Plan(Size(300, 200, 20, 1500, seed), date(2026, 11, 23), first, permissions, (1, 2))


@pytest.mark.parametrize("table", filling.TABLES, ids=lambda table: table.name)
def test_the_same_seed_makes_the_same_rows_and_another_one_others(table: Table) -> None:
    rows = list(table.lines(plan(1)))
    assert rows == list(table.lines(plan(1)))
    assert {row.count("\t") + 1 for row in rows} == {len(table.columns.split())}
    if table.name not in {"auth_group", "accounts_groupkind", "accounts_user_groups", "clients_court"}:
        assert rows != list(table.lines(plan(2)))


def test_chance_is_spread_and_shares_add_up() -> None:
    drawn = [bits(1, place) % 10 for place in range(10_000)]
    assert all(900 < drawn.count(digit) < 1100 for digit in range(10))
    assert sum(share(1234, 77, place) for place in range(77)) == 1234


def test_people_and_places_match() -> None:
    turk = names.person(names.TR, 5)
    assert turk.country.code == "TR"
    assert turk.name.split()[-1] in " ".join(names.TR.family)
    assert not any("\t" in word or "\\" in word for country in names.COUNTRIES for word in country.given)
