"""Preparing the server, by several at once: roles belong to all databases of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from lawcrm import engines
from lawcrm.db.provision import prepare

pytestmark = pytest.mark.django_db


def test_preparing_side_by_side_fails_for_nobody() -> None:
    name = str(connection.settings_dict["NAME"])

    def again(_turn: int) -> None:
        prepare(engines.superuser_url(), engines.url(name, "lawcrm_owner"), engines.url(name, "lawcrm_app"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(again, range(12)))
