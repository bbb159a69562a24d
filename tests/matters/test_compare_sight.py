"""The nightly comparison of who sees what with grants, walls and parties."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from lawcrm.db.owner import connected_as_owner
from matters.tasks import SightIsWrong, compare_sight
from tests import factories

NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_a_column_that_differs_from_the_truth_is_found() -> None:
    matter = factories.matter()
    assert compare_sight(NOW) == 0
    with connected_as_owner("default"), connection.cursor() as cursor:
        cursor.execute("update matters_matter set acl = '{7}' where id = %s", [matter.pk])
    with pytest.raises(SightIsWrong):
        compare_sight(NOW)


@pytest.mark.django_db(transaction=True)
def test_what_passes_over_every_row_is_not_stopped_like_a_page() -> None:
    with connection.cursor() as cursor, connection.execute_wrapper(_asking_how_long(limits := [])):
        assert cursor.execute("show statement_timeout").fetchone() == ("1min",)
        compare_sight(NOW)
    assert limits[-1] == "0"
    with connected_as_owner("default"), connection.cursor() as cursor:
        assert cursor.execute("show statement_timeout").fetchone() == ("0",)
    with connection.cursor() as cursor:
        assert cursor.execute("show statement_timeout").fetchone() == ("1min",)


def _asking_how_long(limits: list[str]) -> Callable[..., Any]:
    """Notes the limit that stands when the comparison is asked."""

    def wrapper(execute: Any, statement: str, *rest: Any) -> Any:
        if "sight_wrong" in statement:
            with connection.connection.cursor() as plain:
                limits.append(plain.execute("show statement_timeout").fetchone()[0])
        return execute(statement, *rest)

    return wrapper
