"""The second wall: every guarded table and its history has row-level security, every view wants sign-in."""

import ast
from collections.abc import Iterable, Iterator

import pytest
from django.apps import apps
from django.db import connection, models
from django.urls import URLPattern, URLResolver, get_resolver

from lawcrm import access
from lawcrm.audit.history import HistoryRows
from tests.architecture.source import GROUND, ROOMS, modules, tree

# Pages that a person who is not signed in may see; each is a decision (docs/architecture.md).
OPEN_TO_ANYONE = {
    *("sign_in", "sign_out", "forgotten", "forgotten_sent", "password_link", "new_password"),
    *("object_to_change", "feed"),
    *("ui_theme", "ui_session", "withdraw", "health_live", "health_ready", "health_on_time"),
    *("demo_codes", "demo_mails", "demo_mail", "ui_gallery"),  # 404 but in the demo
}
# Pages for someone whose password was right and whose second factor is still to come.
OPEN_TO_PASSWORD = {
    *("sign_out", "second_factor", "recovery", "enrol", "enrol_begin"),
    *("passkey_challenge", "add_passkey", "new_passkey_challenge"),
}

# The grants themselves have policies and no guarded manager: guardian reads them with its own.
TRUTH = {
    f"{app}{whose}ObjectPermission" for app in ("clients.Contact", "matters.Matter") for whose in ("User", "Group")
}


def room_models() -> list[type[models.Model]]:
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def guarded() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if hasattr(model, "need_to_know")]


def history_of(model: type[models.Model]) -> type[models.Model] | None:
    name = getattr(model._meta, "simple_history_manager_attribute", None)
    return getattr(model, name).model if name else None


def test_there_is_something_to_guard() -> None:
    assert {"clients.Contact", "matters.Matter"} <= {model._meta.label for model in guarded()}


def unguarded(models: Iterable[type[models.Model]]) -> list[str]:
    """Managers that show whatever the policies let through; a model that names none has Django's own."""
    return [
        f"{model._meta.label}.{manager.name}"
        for model in models
        for manager in model._meta.managers
        if not isinstance(manager, access.GuardedManager | HistoryRows)
    ]


def test_every_guarded_model_is_asked_through_the_guarded_manager() -> None:
    past = [history for model in guarded() if (history := history_of(model))]
    assert past
    assert unguarded([*guarded(), *past]) == []


def made_by_hand(source: ast.AST) -> list[int]:
    """Lines that make a manager or a query set instead of asking the one of the model."""
    return [
        node.lineno
        for node in ast.walk(source)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute | ast.Name)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id) in {"Manager", "QuerySet"}
    ]


def test_nothing_makes_a_manager_or_a_query_set_of_its_own() -> None:
    found = {path: lines for path in modules(GROUND, *ROOMS) if (lines := made_by_hand(tree(path)))}
    assert found == {}


def test_what_leads_to_a_guarded_row_is_guarded_itself() -> None:
    """A table with a foreign key to a matter or contact says by itself that the matter or contact exists."""
    open_tables = [
        model._meta.label
        for model in room_models()
        if not hasattr(model, "need_to_know") and not hasattr(model, "instance_type")
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and hasattr(field.remote_field.model, "need_to_know")
    ]
    assert sorted(set(open_tables) - TRUTH) == []


def without_policy() -> list[str]:
    """Tables of guarded models, of their past and of the grants that the policies do not stand on."""
    tables = {model._meta.db_table for model in guarded()}
    tables |= {history._meta.db_table for model in guarded() if (history := history_of(model))}
    tables |= {apps.get_model(label)._meta.db_table for label in TRUTH}
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class c where relrowsecurity and exists"
            " (select from pg_policy p where p.polrelid = c.oid) and relnamespace = 'public'::regnamespace"
        )
        secured = {name for (name,) in cursor.fetchall()}
    return sorted(tables - secured)


@pytest.mark.django_db
def test_every_guarded_table_and_its_history_has_a_policy() -> None:
    assert without_policy() == []


@pytest.mark.django_db
@pytest.mark.parametrize("label", sorted(model._meta.label for model in guarded()))
def test_raw_sql_without_a_viewer_sees_nothing(label: str) -> None:
    """Empty tables prove nothing, so the plan is asked: it must hold the policy's filter."""
    table = apps.get_model(label)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("select row_security_active(%s::regclass)", [table])
        assert cursor.fetchone() == (True,)


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        else:
            yield pattern


def opened_to(whom: str) -> set[str]:
    found = views(get_resolver().url_patterns)
    return {
        pattern.name or str(pattern.pattern) for pattern in found if getattr(pattern.callback, "open_to", "") == whom
    }


def test_the_list_of_open_pages_is_short_and_known() -> None:
    assert (opened_to("anyone") - OPEN_TO_ANYONE, opened_to("password") - OPEN_TO_PASSWORD) == (set(), set())
