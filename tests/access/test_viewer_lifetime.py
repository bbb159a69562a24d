"""Nothing of one viewer stays in a connection, a thread or an answer for the next."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from lawcrm import access, engines, urls
from matters.models import Matter
from tests import factories, personas

pytestmark = pytest.mark.django_db


def carried() -> tuple[str, str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('app.kind'), current_setting('app.principals'), current_setting('app.flags')"
        )
        row = cursor.fetchone()
    return tuple(row)


def raw_matters() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from matters_matter")
        return int(cursor.fetchone()[0])


def test_the_transaction_s_rollback_forgets_the_viewer_set_in_it() -> None:
    with access.as_viewer(access.Viewer(7, (0, 7))):
        with suppress(ZeroDivisionError), transaction.atomic(), access.as_system("test"):
            assert carried()[0] == "system"
            raise ZeroDivisionError
        assert carried()[:2] == ("user", "{0,7}")


def test_a_refused_statement_does_not_leave_the_system_behind() -> None:
    """PostgreSQL undoes `set_config` with the savepoint; what the wrapper believes must follow."""
    with suppress(DatabaseError), transaction.atomic(), access.as_system("test"), connection.cursor() as cursor:
        cursor.execute("select 1 / 0")
    assert carried() == ("nobody", "{}", "")


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_carries_the_viewer_from_its_first_query() -> None:
    factories.matter()
    with access.as_viewer(access.Viewer(7, (0, 7))):
        assert raw_matters() == 0
        connection.close()
        assert carried()[:2] == ("user", "{0,7}")
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            (pid,) = cursor.fetchone()
        terminate(pid)
        connection.close_if_unusable_or_obsolete()
        assert (carried()[:2], raw_matters()) == (("user", "{0,7}"), 0)
    assert carried()[0] == "nobody"


def terminate(pid: int) -> None:
    with psycopg.connect(engines.superuser_url(), autocommit=True) as server:
        server.execute("select pg_terminate_backend(%s, 5000)", [pid])


def test_another_thread_starts_with_nobody() -> None:
    """Threads of a web server are used again and again; nothing of a request may stay in one."""
    with access.as_viewer(access.Viewer(7, (0, 7))), ThreadPoolExecutor(1) as other:
        assert other.submit(access.current).result() is None
        with_own = other.submit(lambda: contextvars.copy_context().run(access.session_state))
        assert with_own.result()[0] == "nobody"


@pytest.mark.django_db(transaction=True)
def test_of_two_jobs_on_one_connection_the_second_has_nothing_of_the_first() -> None:
    factories.matter()
    with access.as_system("first job"):
        assert raw_matters() == 1
    assert raw_matters() == 0
    with suppress(ZeroDivisionError), access.as_system("a job that fails"):
        assert raw_matters() == 1
        raise ZeroDivisionError
    assert raw_matters() == 0
    with access.as_viewer(access.Viewer(7, (0, 7))):
        assert raw_matters() == 0


def broken(_request: HttpRequest) -> HttpResponse:
    with access.as_system("a view that fails on its way"):
        assert raw_matters() == 1
        raise ZeroDivisionError


def streaming(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(str(raw_matters()) for _part in range(2))


urlpatterns = [path("broken/", broken), path("streaming/", streaming), *urls.urlpatterns]
handler500 = "django.views.defaults.server_error"


@pytest.mark.urls(__name__)
def test_a_request_that_fails_or_streams_leaves_nobody_behind() -> None:
    factories.matter()
    client = personas.client_for("lawyer")
    client.raise_request_exception = False
    assert client.get("/broken/").status_code == 500
    assert (carried()[0], raw_matters()) == ("nobody", 0)
    response = client.get("/streaming/")
    # The answer is written after the request's viewer is gone: what did not declare one sees nothing.
    assert response.getvalue() == b"00"


def test_an_old_cursor_shows_what_the_viewer_of_the_moment_sees() -> None:
    """Else a statement sent later would carry the viewer of the cursor's making."""
    with access.as_system("test"):
        factories.matter()
        with connection.cursor() as cursor, access.as_viewer(access.Viewer(7, (0, 7))):
            cursor.execute("select count(*) from matters_matter")
            assert cursor.fetchone() == (0,)


def test_rows_fetched_piece_by_piece_are_all_judged_for_whoever_asked() -> None:
    """A portal is read on while other viewers ask on the same connection."""
    matters = {factories.matter().pk for _n in range(6)}
    seen = set()
    with access.as_system("test"), transaction.atomic():
        for matter in Matter.objects.order_by("pk").iterator(chunk_size=2):
            seen.add(matter.pk)
            with access.as_viewer(access.Viewer(7, (0, 7))):
                assert raw_matters() == 0
    assert seen == matters
