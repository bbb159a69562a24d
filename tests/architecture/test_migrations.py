"""Migrations are complete, and every app has one line of them."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from lawcrm.crypto.router import KEYS
from tests.architecture.source import GROUND, ROOMS

OURS = (GROUND, "accounts", "crypto", *ROOMS)


@pytest.fixture(scope="module")
def graph() -> MigrationLoader:
    return MigrationLoader(None)


@pytest.mark.django_db
def test_no_model_change_lacks_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=3)


@pytest.mark.parametrize("app", OURS)
def test_each_app_has_one_line(graph: MigrationLoader, app: str) -> None:
    assert len(graph.graph.leaf_nodes(app)) <= 1
    for key in graph.disk_migrations:
        if key[0] == app:
            before = [parent for parent in graph.graph.node_map[key].parents if parent.key[0] == app]
            assert len(before) <= 1, f"{key} joins two lines"


@pytest.mark.parametrize("app", OURS)
def test_each_migration_says_in_its_name_what_it_does(graph: MigrationLoader, app: str) -> None:
    names = [name for label, name in graph.disk_migrations if label == app]
    assert [name for name in names if not re.fullmatch(r"\d{4}_[a-z][a-z_]+", name) or "_auto_" in name] == []
    assert sorted(int(name[:4]) for name in names) == list(range(1, len(names) + 1))


@pytest.mark.django_db
def test_the_suite_runs_with_the_rights_of_the_running_system() -> None:
    """The role of web and workers owns no table, bypasses no policy and may make no tables."""
    for alias in ("default", KEYS):
        from django.db import connections

        with connections[alias].cursor() as cursor:
            cursor.execute("select rolsuper, rolbypassrls, rolcreatedb from pg_roles where rolname = current_user")
            assert cursor.fetchone() == (False, False, False)
            cursor.execute("select count(*) from pg_class where relowner = current_user::regrole")
            assert cursor.fetchone() == (0,)
            cursor.execute("select has_schema_privilege('public', 'create')")
            assert cursor.fetchone() == (False,)
    assert connection.vendor == "postgresql"
