"""A guarded root, its child and an unguarded table, made for the tests of the audit trail only."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.test.utils import isolate_apps

from lawcrm import access, audit, engines
from lawcrm.db.history import append_only
from lawcrm.db.policies import child_policy, sight_functions

with isolate_apps("lawcrm"):

    class Case(models.Model):
        need_to_know = "self"
        sight = access.Sight()
        public_id = models.UUIDField(default=uuid.uuid4, unique=True)
        title = models.CharField(max_length=50)
        acl = ArrayField(models.IntegerField(), default=list)
        deny = ArrayField(models.IntegerField(), default=list)
        shout = models.GeneratedField(
            expression=models.functions.Upper("title"), output_field=models.TextField(), db_persist=True
        )
        objects = access.GuardedManager()
        history = audit.AuditedHistory()

        class Meta:
            app_label = "lawcrm"

        def __str__(self) -> str:
            return f"case {self.pk}"

    class Paper(models.Model):
        need_to_know = "case"
        case = models.ForeignKey(Case, models.CASCADE)
        title = models.CharField(max_length=50)
        objects = access.GuardedManager()
        history = audit.AuditedHistory()

        class Meta:
            app_label = "lawcrm"

        def __str__(self) -> str:
            return f"paper {self.pk}"

    class Court(models.Model):
        name = models.CharField(max_length=50)
        seen = models.IntegerField(default=0)
        history = audit.AuditedHistory(exclude=("seen",))

        class Meta:
            app_label = "lawcrm"

        def __str__(self) -> str:
            return f"court {self.pk}"


MODELS = (Case, Paper, Court)
HISTORIES = tuple(model.history.model for model in MODELS)
TABLES = [model._meta.db_table for model in (*MODELS, *HISTORIES)]


def owner() -> "psycopg.Connection[tuple[object, ...]]":
    database = str(connection.settings_dict["NAME"])
    return psycopg.connect(engines.url(database, "lawcrm_owner"), autocommit=True)


def superuser() -> "psycopg.Connection[tuple[object, ...]]":
    database = str(connection.settings_dict["NAME"])
    return psycopg.connect(engines.superuser_url(database), autocommit=True)


def plant() -> None:
    with connection.schema_editor(collect_sql=True) as editor:
        for model in (*MODELS, *HISTORIES):
            editor.create_model(model)
    operations = [append_only(model._meta.db_table) for model in HISTORIES]
    operations.append(child_policy(HISTORIES[1]._meta.db_table, "case_id", Case._meta.db_table))
    with owner() as session, session.transaction():
        if session.execute("select to_regproc('app_is_system')").fetchone() == (None,):
            session.execute(str(sight_functions().sql))
        for statement in [*editor.collected_sql, *(str(operation.sql) for operation in operations)]:
            session.execute(statement)


def uproot() -> None:
    with owner() as session:
        session.execute(f"drop table if exists {', '.join(TABLES)} cascade")


@pytest.fixture(scope="module")
def planted_once(django_db_setup: None) -> Iterator[None]:
    yield
    uproot()


@pytest.fixture
def planted(planted_once: None, django_db_setup: None) -> None:
    """The tables, made anew where a test with real transactions threw the database away."""
    with owner() as session:
        found = session.execute("select to_regclass(%s)", [Case._meta.db_table]).fetchone()
    if found == (None,):
        plant()
