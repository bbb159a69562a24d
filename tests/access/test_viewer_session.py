"""The database session carries the declared viewer, also after rollbacks."""

import pytest
from django.db import connection, transaction

from lawcrm import access

pytestmark = pytest.mark.django_db


def carried() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('app.kind'), current_setting('app.principals'), current_setting('app.flags')"
        )
        row = cursor.fetchone()
    return tuple(row)


def test_the_session_follows_the_declared_viewer() -> None:
    with access.as_viewer(access.Viewer(7, (0, 7, -3), frozenset({"restricted"}))):
        assert carried() == ("user", "{0,7,-3}", "restricted")
    assert carried() == ("nobody", "{}", "")


def test_a_rolled_back_savepoint_does_not_leave_the_wrong_viewer() -> None:
    with access.as_viewer(access.Viewer(7, (0, 7))):
        sid = transaction.savepoint_create()
        with access.as_viewer(access.Viewer(8, (0, 8))):
            assert carried()[1] == "{0,8}"
            transaction.savepoint_rollback(sid)
            assert carried()[1] == "{0,8}"
        assert carried()[1] == "{0,7}"


def test_the_suite_runs_as_the_application_role_which_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, (select count(*) from pg_class where relowner = current_user::regrole),"
            " (select rolsuper or rolbypassrls from pg_roles where rolname = current_user)"
        )
        assert cursor.fetchone() == ("lawcrm_app", 0, False)
