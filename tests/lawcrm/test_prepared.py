"""Querysets written once: the same answers as those written each time, for each viewer, and nobody else's."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from clients.queries import contacts, detail
from consent import queries as consents
from deadlines.models import Deadline
from deadlines.queries import book, mine, recomputing, reminders, todo
from lawcrm import access, principals
from lawcrm.accounts import session_store
from lawcrm.accounts.backends import RoleBackend
from lawcrm.accounts.models import User
from lawcrm.prepared import NotPrepared, Prepared, padded
from matters.models import Matter, Wall
from matters.queries import break_glass, joined, listing, overview, team, walls
from privacy.queries import reviews
from tests import factories, personas
from tests.deadlines.office import NOW, TODAY, Office, entered, open_office, wall_off

type Asked = tuple[Prepared[Any, Any], tuple[Any, ...], dict[str, Any]]
pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return open_office()


def titles(prepared: Prepared[Deadline, Deadline], person: User, **values: Any) -> list[str]:
    with access.as_user(person):
        return [row.title for row in prepared.ask(**values)]


def due_by(*, day: date, people: tuple[int, ...]) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(due_on__lte=day, assignee__in=people).select_related("matter")
    return rows.order_by("due_on")


def test_each_viewer_sees_what_they_may_see_at_the_moment(office: Office) -> None:
    entered(office, title="a")
    entered(office, title="b", due_on=TODAY + timedelta(days=1))
    prepared, people = Prepared(due_by), (office.lawyer.pk, office.assistant.pk)
    for _again in range(2):
        assert titles(prepared, office.lawyer, day=TODAY, people=people) == ["a"]
        assert titles(prepared, office.reader, day=TODAY + timedelta(days=1), people=people) == ["a", "b"]
        assert titles(prepared, office.outsider, day=TODAY, people=people) == []
        assert titles(prepared, office.lawyer, day=TODAY, people=(office.assistant.pk,)) == []
    with access.as_system("test"):
        assert len(prepared.ask(day=TODAY, people=people)) == 1
    wall_off(office.matter, office.reader)
    assert titles(prepared, office.reader, day=TODAY, people=people) == []
    with pytest.raises(access.NoViewer):
        prepared.ask(day=TODAY, people=people)


def test_one_plan_serves_whoever_asks_and_shows_each_their_own(office: Office) -> None:
    """The server plans the first five times for the values given, and keeps one plan for all from then on."""
    entered(office, title="a")
    prepared, people = Prepared(due_by), (office.lawyer.pk, office.assistant.pk)
    found: dict[int, list[list[str]]] = {}
    for _again in range(8):
        for person in (office.lawyer, office.outsider, office.reader):
            found.setdefault(person.pk, []).append(titles(prepared, person, day=TODAY, people=people))
    assert found == {
        office.lawyer.pk: [["a"]] * 8,
        office.outsider.pk: [[]] * 8,
        office.reader.pk: [["a"]] * 8,
    }
    assert plans_of("deadlines_deadline") == (5, 19)
    wall_off(office.matter, office.reader)
    assert titles(prepared, office.reader, day=TODAY, people=people) == []
    assert titles(prepared, office.lawyer, day=TODAY, people=people) == ["a"]


def test_what_the_viewer_decides_the_plan_of_is_planned_each_time(office: Office) -> None:
    prepared = Prepared(due_by, one_plan=False)
    for _again in range(8):
        titles(prepared, office.lawyer, day=TODAY, people=(office.lawyer.pk,))
    assert plans_of("deadlines_deadline") == (0, 0)


def plans_of(table: str) -> tuple[int, int]:
    """Of what is prepared in this connection: how often it was planned for its values, and how often not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(custom_plans), 0)::int, coalesce(sum(generic_plans), 0)::int"
            " from pg_prepared_statements where statement like %s and statement not like '%%pg_prepared%%'",
            [f'%FROM "{table}"%'],
        )
        custom, generic = cursor.fetchone()
    return custom, generic


def test_what_a_rule_hides_from_outsiders_is_written_for_them_and_not_for_the_firm(office: Office) -> None:
    """Walls are the firm's own affair: the rule decides by who asks, before any row is looked at."""
    wall_off(office.matter, office.reader)
    outside = personas.external_for()
    factories.grant(office.matter, outside)
    for people in ((office.lawyer, outside), (outside, office.lawyer)):
        prepared: Prepared[Wall, Wall] = Prepared(Wall.objects.all)
        found = {}
        for person in people:
            with access.as_user(person):
                assert [row.pk for row in prepared.ask()] == list(Wall.objects.values_list("pk", flat=True))
                found[person.pk] = len(prepared.ask())
        assert found == {office.lawyer.pk: 1, outside.pk: 0}


def test_rows_come_with_what_was_joined_and_cost_one_query(office: Office) -> None:
    entered(office)
    prepared = Prepared(due_by)
    with access.as_user(office.lawyer):
        prepared.ask(day=TODAY, people=(1,))
        with CaptureQueriesContext(connection) as queries:
            (row,) = prepared.ask(day=TODAY, people=(office.lawyer.pk,))
            assert row.matter.number == office.matter.number
    assert len(queries) == 1


def test_a_value_without_a_place_is_refused() -> None:
    deaf: Prepared[Group, Group] = Prepared(lambda **_values: Group.objects.all())
    with pytest.raises(NotPrepared, match="user"):
        deaf.ask(user=1)
    empty: Prepared[Group, Group] = Prepared(lambda *, name: Group.objects.filter(name=name))
    with pytest.raises(NotPrepared, match="float"):
        empty.ask(name=1.5)  # type: ignore[arg-type]


def test_a_value_that_is_worked_out_from_another_is_refused() -> None:
    def around(*, day: date) -> QuerySet[User]:
        return User.objects.filter(ends_on__gte=day, joined_at__date__lte=day - timedelta(days=1))

    with pytest.raises(NotPrepared, match="by its own name"):
        Prepared(around).ask(day=TODAY)
    inside: Prepared[Group, Group] = Prepared(lambda *, word: Group.objects.filter(name__contains=word, name__gt=word))
    with pytest.raises(NotPrepared, match="by its own name"):
        inside.ask(word="Bank")


def test_what_is_prepared_asks_the_same_as_what_is_written_anew(office: Office) -> None:
    """As the database is asked: for people in no group, in one and in two, of every flag, and from outside."""
    people = [office.lawyer, office.reader, personas.user_for("data protection officer"), factories.user()]
    people.append(personas.external_for())
    personas.practice_group("Banking", office.lawyer, office.reader)
    personas.practice_group("Tax", office.lawyer)
    for person in people:
        with access.as_user(person):
            groups = tuple(sorted(-one for one in access.required().principals if one < 0))
            for prepared, shape, given in asked_by(person, groups, office.matter):
                for _again in range(2):
                    asked = asked_of_database(lambda: prepared.ask(*shape, **given))  # noqa: B023 - asked at once
                    assert asked == asked_of_database(lambda: list(prepared.write(*shape, **given)))  # noqa: B023


def asked_of_database(ask: Callable[[], object]) -> str:
    """With all values in it, and these written in one way whether they came as constants or apart."""
    seen = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        seen.append(mogrify(sql, params, connection))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    (sql,) = (one for one in seen if " FROM " in one)
    return re.sub(r"(\d)::int\b(?!\[)", r"\1", re.sub(r"'{([-\d,]*)}'::int\[\]", r"ARRAY[\1]::int[]", sql))


def asked_by(
    person: User, groups: tuple[int, ...], matter: Matter
) -> list[tuple[Any, tuple[Any, ...], dict[str, Any]]]:
    """Each with the shapes and values of its pages."""
    own: dict[str, Any] = {"user": person.pk, "groups": groups}
    other: dict[str, Any] = {"who": person.pk, "groups": groups, "today": TODAY}
    place: dict[str, Any] = {"day": TODAY, "key": 7}
    at_one = {"person": person.pk, "now": NOW}
    return [
        (mine._WAITING, (), own),
        (mine._FOR_A_SECOND_PERSON, (4,), own),
        (mine._DUE, (), {**own, "until": TODAY}),
        (mine._SHOWN, (), {"ids": (1, 2)}),
        (reminders._UNACKNOWLEDGED, (3,), {"user": person.pk}),
        (todo._OPEN, (7,), own),
        (recomputing._WAITING_FOR, (6,), own),
        (book._NEXT_OF, (), {"matter": matter.pk}),
        (book._PAGE, ("", "", False, 51), {}),
        (book._PAGE, ("overdue", "statutory", True, 51), {**other, **place, "proposed": (7, 8)}),
        (listing._PAGE, ("", "", False, 51), {}),
        (listing._PAGE, ("open", "general", True, 51), {"responsible_id": person.pk, **place}),
        (overview._FOR_PAGE, (), {"public_id": matter.public_id}),
        *((prepared, (), {"matter": matter.pk}) for prepared in (overview._TOLD, overview._SPOKEN, overview._FILED)),
        (contacts._ONE, (), {"public_id": matter.public_id}),
        *((prepared, (), {"contact": 7}) for prepared in (detail._POINTS, detail._ADDRESSES, detail._NAMES)),
        *((prepared, (), {"contact": 7}) for prepared in (consents._CONSENTS, consents._EVENTS)),
        (contacts._LISTED, ("", "", "", False), {}),
        (contacts._LISTED, ("person", "DE", "", True), {"name": "muller", "key": 7}),
        (contacts._PLACE, (), {"public_id": matter.public_id}),
        *((prepared, (), {"contacts": (7, 8)}) for prepared in (contacts._REACHED, contacts._TOWNS)),
        (listing._CLIENTS, (), {"matters": (7, 8)}),
        *((prepared, (), {"contacts": (7, 8)}) for prepared in (listing._NAMES, overview._CONTACTS)),
        (overview._PARTIES_OF, (20,), {"contact": 7}),
        *((overview._PARTIES, (former,), {"matter": matter.pk}) for former in (False, True)),
        (team._GRANTED, (), {"matter": matter.pk}),
        (joined._JOINED, (), {"person": person.pk, "since": NOW}),
        (session_store._AT, (), {"key": "a", "now": NOW}),
        (reviews._WAITING, (), {"user": person.pk}),
        (walls._MANAGED, (), {**own, "contact": 7}),
        (walls._TO_TELL, (), {"person": person.pk}),
        (break_glass._CONCERNING, (), at_one),
        (break_glass._WAITING_FOR, (), at_one),
    ]


def test_as_many_values_whatever_there_are() -> None:
    assert padded([], 3) == ()
    assert padded([1], 3) == (1, 1, 1)
    assert padded([1, 2, 3], 3) == (1, 2, 3)
    assert padded({1, 2, 3, 4}, 3) == (1, 2, 3, 4, 4, 4)


def test_of_a_person_groups_and_rights_are_those_of_the_moment(office: Office) -> None:
    before = principals.of(office.lawyer)
    group = personas.practice_group("Banking", office.lawyer)
    assert {*principals.of(office.lawyer)} == {*before, (-group.pk, None)}
    person = RoleBackend().get_user(office.lawyer.pk)
    assert person == office.lawyer
    assert person.role_permissions() == office.lawyer.role_permissions() != frozenset()
    assert RoleBackend().get_user(0) is None
