"""The second wall alone: bare SQL as the web role shows, changes and adds only what the managers would."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, models, transaction

from clients.models import ContactGroupObjectPermission, ContactUserObjectPermission
from lawcrm import access
from lawcrm.access import Viewer
from lawcrm.accounts.backends import GrantBackend
from lawcrm.accounts.models import User
from lawcrm.db import sight
from lawcrm.models import JournalEntry, ReadEntry
from matters.models import MatterGroupObjectPermission, MatterUserObjectPermission, Party
from tests import factories, personas
from tests.access import cast, filling

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
# Roots may be added by whoever acts: the row is new and hangs on nothing hidden; break-glass and
# takeovers are asked for out of sight.
ROOTS = {
    *("clients.Contact", "clients.ContactImport", "matters.Matter", "matters.ConflictCheck", "matters.ConflictHit"),
    *("matters.BreakGlassRequest", "matters.Takeover"),
    *("privacy.Hold", "privacy.ErasureItem", "privacy.Certificate", "privacy.ReviewCount"),
}

# Who was let in, by what they were let into.
GRANTS: dict[type[models.Model], str] = {
    MatterUserObjectPermission: "matters_matter",
    MatterGroupObjectPermission: "matters_matter",
    ContactUserObjectPermission: "clients_contact",
    ContactGroupObjectPermission: "clients_contact",
}

ROOT_OF = {
    "matter": "select id from matters_matter where id = %s",
    "contact": "select id from clients_contact where id = %s",
}
TAKE_BACK = "update lawcrm_outboxmessage set state = 'cancelled' where dedupe = %s"


@pytest.fixture
def secret() -> filling.Filling:
    return filling.fill("ALPHA", personas.user_for("lawyer"))


def secured() -> dict[str, type[models.Model]]:
    """Guarded models, their histories, journal and read log by table name."""
    live = filling.guarded()
    past = [model.history.model for model in live if hasattr(model, "history")]  # type: ignore[attr-defined]
    return {model._meta.db_table: model for model in [*live, *past, JournalEntry, ReadEntry]}


def rows(sql: str, parameters: Any = ()) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {row[0] for row in cursor.fetchall()}


def by_policy(table: str) -> set[Any]:
    key = secured()[table]._meta.pk
    assert key is not None
    return rows(f"select {key.column} from {table}")


def by_predicate(table: str, user: User) -> set[Any]:
    """What the manager's own SQL finds where the policies let everything through."""
    with access.as_user(user):
        statement = secured()[table]._default_manager.values("pk").query.sql_with_params()
    with access.as_system("the policies let the system see everything"):
        return rows(*statement)


@contextmanager
def someone(user: User) -> Iterator[None]:
    with access.as_user(User.objects.get(pk=user.pk)):
        yield


def test_every_secured_table_has_a_row_to_hide(secret: filling.Filling) -> None:
    """Empty tables prove nothing."""
    with access.as_system("test"):
        assert [table for table in secured() if table != "lawcrm_readentry" and not by_policy(table)] == []
    assert (filling.unfilled(secret), sight.wrong()) == ([], [])


def different(user: User) -> dict[str, tuple[set[Any], set[Any]]]:
    """Tables of which bare SQL shows this person other rows than the managers do, with both."""
    found = {}
    for table in secured():
        with access.as_user(user):
            seen = by_policy(table)
        if seen != (expected := by_predicate(table, user)):
            found[table] = (seen, expected)
    return found


@pytest.mark.parametrize("person", [*cast.EVERYBODY, "owner"])
def test_bare_sql_and_the_managers_show_the_same_rows(person: str, secret: filling.Filling) -> None:
    own = filling.fill("BETA", personas.user_for("lawyer"))
    user = secret.owner if person == "owner" else cast.around(secret.matter, person)
    user = User.objects.get(pk=user.pk)
    assert different(user) == {}
    assert (secret.matter.pk in by_predicate("matters_matter", user)) == (person == "owner" or person in cast.INSIDERS)
    assert own.matter.pk not in by_predicate("matters_matter", user)


def test_nobody_declared_sees_no_row_of_any_table(secret: filling.Filling) -> None:
    assert secret.matter.pk
    assert {table for table in secured() if by_policy(table)} == set()


@pytest.mark.parametrize(
    "person", [person for person in cast.OUTSIDERS if person not in {"administrator", "superuser"}]
)
def test_an_outsider_changes_and_deletes_nothing_by_bare_sql(person: str, secret: filling.Filling) -> None:
    user = cast.around(secret.matter, person)
    touched = {}
    for table, model in secured().items():
        hidden = _keys_of(model, secret)
        column = model._meta.pk.column  # type: ignore[union-attr]
        for statement in (f"update {table} set {column} = {column}", f"delete from {table}"):
            with someone(user):
                count = _attempt(f"{statement} where {column} = any(%s)", [hidden])
            if count not in {0, "refused"}:
                touched[statement] = count
    assert {statement for statement in touched if person != "partner" or "matters_takeover" not in statement} == set()


def _keys_of(model: type[models.Model], secret: filling.Filling) -> list[Any]:
    with access.as_system("test"):
        keys = list(model._default_manager.values_list("pk", flat=True))
    assert keys or model is ReadEntry, model
    assert secret.matter.pk
    return keys


def _attempt(sql: str, parameters: Any) -> int | str:
    """How many rows it reached, or that it was refused; any other error is the test's own fault."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.rowcount)
    except DatabaseError as error:
        if not re.search("row-level security|permission denied|contact of a party does not exist", str(error)):
            raise
        return "refused"


def test_an_outsider_hangs_no_row_on_what_is_hidden(secret: filling.Filling) -> None:
    """A copy of each hidden row under a new id is what a planted insert would be."""
    user, added = personas.user_for("lawyer"), []
    for model in filling.guarded():
        if model._meta.label in ROOTS or model._meta.app_label == "lawcrm":
            continue
        table, row = model._meta.db_table, secret.rows[model._meta.label]
        key = model._meta.pk.column
        columns = [
            c.column for c in model._meta.local_fields if not isinstance(c, models.AutoField) and not c.generated
        ]
        with access.as_system("test"):
            values = next(iter(_values(f"select {', '.join(columns)} from {table} where {key} = {row.pk}")))
        marks = ", ".join(["%s"] * len(columns))
        with someone(user):
            if _attempt(f"insert into {table} ({', '.join(columns)}) values ({marks})", list(values)) != "refused":
                added.append(table)
    assert added == []


def _values(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_a_visible_row_cannot_be_moved_into_a_hidden_matter(secret: filling.Filling) -> None:
    own = filling.fill("BETA", personas.user_for("lawyer"))
    moved = {}
    for model in filling.guarded():
        if model.need_to_know == "self":  # type: ignore[attr-defined]
            continue
        column: Any = model._meta.get_field(model.need_to_know)  # type: ignore[attr-defined]
        there = secret.rows[column.related_model._meta.label]
        with someone(own.owner):
            sql = f"update {model._meta.db_table} set {column.column} = %s where {model._meta.pk.column} = %s"
            moved[model._meta.label] = _attempt(sql, [there.pk, own.rows[model._meta.label].pk])
    assert {label: outcome for label, outcome in moved.items() if outcome != "refused"} == {}


def test_nobody_breaks_the_glass_alone_by_bare_sql(secret: filling.Filling) -> None:
    """Neither by a row of it, which is sight, nor by a request answered in the name of the second person."""
    asker, confirmer = personas.user_for("lawyer"), personas.user_for("lawyer")
    asked = secret.rows["matters.BreakGlassRequest"]
    columns = "public_id, number, reason, hours, asked_at, closes_at, answer"
    add = (
        f"insert into matters_breakglassrequest ({columns}, asker_id, confirmer_id)"
        " select gen_random_uuid(), '1', 'x', 1, now(), now() + interval '1 hour', %s, %s, %s"
    )
    answer = "update matters_breakglassrequest set answer = %s where asker_id = %s and answer = ''"
    with someone(asker):
        assert _attempt(add, ["", asker.pk, confirmer.pk]) == 1
        assert _attempt(add, ["confirmed", asker.pk, confirmer.pk]) == "refused"
        assert _attempt(add, ["", confirmer.pk, asker.pk]) == "refused"
        assert _attempt(add, ["", asker.pk, asker.pk]) == "refused"
        assert _attempt(answer, ["confirmed", asker.pk]) == "refused"
        turned = (
            "update matters_breakglassrequest set confirmer_id = asker_id, answer = 'confirmed' where asker_id = %s"
        )
        assert _attempt(turned, [asker.pk]) == "refused"
    with someone(confirmer):
        assert _attempt(answer, ["taken_back", asker.pk]) == "refused"
        assert _attempt(answer, ["confirmed", asker.pk]) == 1
    glass = secret.rows["matters.BreakGlass"]
    holder = User.objects.get(pk=glass.holder_id)
    with someone(holder):
        assert _attempt("update matters_breakglass set ended_at = null where id = %s", [glass.pk]) == "refused"
        assert _attempt("delete from matters_breakglass where id = %s", [glass.pk]) == 0
    assert asked.asker_id == holder.pk


def test_a_hidden_contact_becomes_no_party_of_one_s_own_matter(secret: filling.Filling) -> None:
    """It would be open to everybody who sees the matter; hidden, it answers like one that does not exist."""
    own = filling.fill("BETA", personas.user_for("lawyer"))
    known = factories.show(factories.contact("Known"), own.owner)
    add = "insert into matters_party (matter_id, contact_id, role, reference, since) values (%s, %s, %s, '', now())"
    turn = "update matters_party set contact_id = %s where id = %s"
    with access.as_system("test"):
        party = Party.objects.filter(matter=own.matter).latest("pk")
    done = {}
    with someone(own.owner):
        for name, contact in (("hidden", secret.contact.pk), ("none", 2**31), ("known", known.pk)):
            done[name] = [_attempt(add, [own.matter.pk, contact, "third"]), _attempt(turn, [contact, party.pk])]
    assert done == {"hidden": ["refused"] * 2, "none": ["refused"] * 2, "known": [1, 1]}


@pytest.fixture
def granted(secret: filling.Filling) -> filling.Filling:
    """The secret matter and its contact opened to a person and to a group by each kind of grant."""
    for model in GRANTS:
        _grant(model, secret)
    return secret


def _grant(model: type[models.Model], filled: filling.Filling) -> None:
    opened = filled.matter if GRANTS[model] == "matters_matter" else filled.contact
    code = "view_matter" if opened is filled.matter else "view_contact"
    holder = "user" if "User" in model.__name__ else "group"
    to = {"user": personas.user_for("lawyer"), "group": personas.practice_group(f"{filled.mark} {model.__name__}")}
    with access.as_system("test"):
        permission = Permission.objects.get(codename=code, content_type__app_label=opened._meta.app_label)
        model._default_manager.create(content_object=opened, permission=permission, **{holder: to[holder]})


@pytest.mark.parametrize("person", [*cast.EVERYBODY, "owner"])
def test_grants_are_seen_by_who_sees_what_they_open(person: str, granted: filling.Filling) -> None:
    """Without that a grant would name every matter and contact of the firm to bare SQL."""
    other = filling.fill("BETA", personas.user_for("lawyer"))
    for model in GRANTS:
        _grant(model, other)
    user = granted.owner if person == "owner" else cast.around(granted.matter, person)
    for model, root in GRANTS.items():
        table = model._meta.db_table
        with access.as_system("test"):
            every = set(_values(f"select id, content_object_id from {table}"))
        with someone(user):
            visible, seen = rows(f"select id from {root}"), rows(f"select id from {table}")
        assert seen == {pk for pk, opened in every if opened in visible}, table
        assert len(seen) < len(every), table
        assert seen or person not in cast.INSIDERS, table
    assert all(not rows(f"select id from {model._meta.db_table}") for model in GRANTS)  # nobody is declared here


@pytest.mark.parametrize("person", [*cast.EVERYBODY, "owner"])
def test_messages_are_seen_and_queued_by_who_sees_what_they_are_about(person: str, secret: filling.Filling) -> None:
    user = secret.owner if person == "owner" else cast.around(secret.matter, person)
    about = {"matter": (secret.matter.pk, None), "contact": (None, secret.contact.pk), "nothing": (None, None)}
    queue = (
        "insert into lawcrm_outboxmessage (public_id, kind, thing_id, dedupe, recipient_type, recipient_id, state,"
        " reason, not_before, attempts, matter_id, contact_id)"
        " values (gen_random_uuid(), 'test', 1, %s, 'staff', 1, 'queued', '', now(), 0, %s, %s)"
    )
    with access.as_system("test"):
        made = {name: _attempt(queue, [f"made.{name}", *ids]) for name, ids in about.items()}
    with someone(user):
        seen = rows("select dedupe from lawcrm_outboxmessage where kind = 'test'")
        visible = {"nothing"} | {name for name, ids in about.items() for pk in ids if pk and rows(ROOT_OF[name], [pk])}
        added = {name for name, ids in about.items() if _attempt(queue, [f"added.{name}", *ids]) == 1}
        changed = {name for name in about if _attempt(TAKE_BACK, [f"made.{name}"]) == 1}
    assert set(made.values()) == {1}
    assert (seen, added, changed) == ({f"made.{name}" for name in visible}, visible, visible)
    assert len(visible) < len(about) or person in {*cast.INSIDERS, "owner"}


@pytest.mark.parametrize("person", [*cast.OUTSIDERS, *cast.OFFICES])
def test_nobody_lets_themselves_or_others_in_by_bare_sql(person: str, granted: filling.Filling) -> None:
    user, done = cast.around(granted.matter, person), {}
    own = filling.fill("BETA", user if user.groups.filter(name="lawyer").exists() else personas.user_for("lawyer"))
    for model, root in GRANTS.items():
        _grant(model, own)
        hidden = granted.matter.pk if root == "matters_matter" else granted.contact.pk
        table, holder = model._meta.db_table, "user_id" if "User" in model.__name__ else "group_id"
        with access.as_system("test"):
            ((holding, permission),) = set(
                _values(f"select max({holder}), max(permission_id) from {table} where content_object_id = {hidden}")
            )
        with someone(user):
            again = f"insert into {table} ({holder}, permission_id, content_object_id) values (%s, %s, %s)"
            silent = f"{again} on conflict do nothing"
            to = holding if holder == "group_id" or user.is_external else user.pk  # a trigger refuses the external one
            done[again] = _attempt(again, [to, permission, hidden])
            done[silent] = _attempt(silent, [holding, permission, hidden])
            for statement in (f"delete from {table}", f"update {table} set permission_id = permission_id"):
                done[statement] = _attempt(f"{statement} where content_object_id = %s", [hidden])
            moved = f"update {table} set content_object_id = %s"
            done[moved] = _attempt(f"{moved} where content_object_id <> %s", [hidden, hidden])
    assert {statement: count for statement, count in done.items() if count not in {0, "refused"}} == {}


def test_the_backend_answers_for_a_person_whoever_is_looking(granted: filling.Filling) -> None:
    """A mail or a job asks for its reader while somebody else, or nobody, is declared."""
    reader = User.objects.get(pk=cast.around(granted.matter, "reader").pk)
    walled = User.objects.get(pk=cast.around(granted.matter, "walled").pk)
    for looking in (Viewer(None), access.viewer_of(walled), access.viewer_of(reader), Viewer(None, system="test")):
        with access.as_viewer(looking):
            answers = [GrantBackend().has_perm(one, "matters.view_matter", granted.matter) for one in (reader, walled)]
            assert [reader.has_perm("matters.view_matter", granted.matter), answers[0]] == [True, True], looking
            assert not walled.has_perm("matters.view_matter", granted.matter), looking
    assert GrantBackend().get_all_permissions(reader, granted.matter) == {"view_matter"}
