"""The nightly comparison of who sees what with grants, walls and parties."""

from datetime import UTC, datetime

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
