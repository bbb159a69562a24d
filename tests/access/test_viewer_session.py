"""The database session carries the declared viewer, also after rollbacks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from lawcrm import access, principals
from lawcrm.accounts.models import User
from tests import personas

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


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


def test_what_lapses_is_lost_in_the_middle_of_a_request_and_to_the_second() -> None:
    viewer = access.Viewer(7, (0, 7, 1_000_000_001), lapses=((1_000_000_001, NOON),))
    with time_machine.travel(NOON - timedelta(seconds=1), tick=False) as clock, access.as_viewer(viewer):
        assert carried()[1] == "{0,7,1000000001}"
        clock.move_to(NOON)
        assert carried()[1] == "{0,7}"
        assert access.required() == access.Viewer(7, (0, 7))
    assert viewer.lasting() == access.Viewer(7, (0, 7))


@pytest.fixture
def source() -> Iterator[None]:
    """A source with a lapsing principal for everyone called Ida, registered twice."""

    def rows(user_id: int, now: datetime) -> models.QuerySet[Any, tuple[int, datetime | None]]:
        until = models.Value(NOON, models.DateTimeField())
        found = User.objects.filter(models.Q(joined_at__lte=now) | models.Q(joined_at__gt=now), pk=user_id)
        return found.values_list(models.F("pk") + 1_000_000_000, until)

    added = principals.Source(lambda user: user.full_name == "Ida Berg", rows)
    principals.register(added)
    principals.register(added)
    yield
    principals._sources.remove(added)


@pytest.mark.usefixtures("source")
@time_machine.travel(NOON - timedelta(hours=1), tick=False)
def test_sources_add_principals_in_the_one_query_of_the_groups() -> None:
    ida, tomas = personas.user_for("lawyer", full_name="Ida Berg"), personas.user_for("lawyer", full_name="Tomas Lind")
    group = personas.practice_group("Banking", ida, tomas)
    counts = {}
    for user in (ida, tomas):
        user.role_permissions()
        with CaptureQueriesContext(connection) as queries:
            viewer = access.viewer_of(user)
        counts[user.full_name] = len(queries)
        assert {0, user.pk, -group.pk} <= set(viewer.principals)
        assert viewer.lapses == (((ida.pk + 1_000_000_000, NOON),) if user is ida else ())
        assert (ida.pk + 1_000_000_000 in viewer.principals) == (user is ida)
    assert counts == {"Ida Berg": 1, "Tomas Lind": 1}
