"""What an account was: kept by the database, whichever road a change took."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lawcrm import access
from lawcrm.accounts.models import AccountPast, User
from tests import personas

pytestmark = pytest.mark.django_db


def past(user: User) -> list[dict[str, Any]]:
    return list(AccountPast.objects.filter(user=user).order_by("pk").values())


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("is_active", False),
        ("is_staff", True),
        ("is_superuser", True),
        ("email", "new@firm.example"),
        ("ends_on", timezone.localdate()),
    ],
)
def test_each_fact_that_decides_is_kept_with_who_changed_it(fact: str, value: object) -> None:
    user, boss = personas.user_for("lawyer"), personas.user_for("administrator")
    before = past(user)
    assert len(before) == 1
    with access.as_user(boss):
        setattr(user, fact, value)
        user.save()
    after = past(user)[1:]
    assert [(row[fact], row["changed_by"], row["changed_as"]) for row in after] == [(value, boss.pk, "user")]


def test_what_decides_nothing_is_not_kept_and_no_password_ever() -> None:
    user = personas.user_for("lawyer")
    user.full_name, user.last_login = "Other Name", timezone.now()
    user.set_password("another horse battery")
    user.save()
    assert len(past(user)) == 1
    assert {"password", "full_name"} & {field.name for field in AccountPast._meta.fields} == set()


def test_bare_sql_is_kept_too() -> None:
    user = personas.user_for("lawyer")
    with connection.cursor() as cursor:
        cursor.execute("update accounts_user set is_superuser = true where id = %s", [user.pk])
    assert [row["is_superuser"] for row in past(user)] == [False, True]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into accounts_accountpast select nextval('accounts_accountpast_id_seq'), now(), 1, '', '', true",
        "update accounts_accountpast set changed_by = 1",
        "delete from accounts_accountpast",
    ],
)
def test_the_application_can_only_read_it(statement: str) -> None:
    personas.user_for("lawyer")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
