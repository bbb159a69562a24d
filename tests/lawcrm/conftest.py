"""Sealed rows and a mail server for the tests of the ground floor."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from lawcrm import access
from lawcrm.crypto import keyring
from tests.lawcrm import sealed_rows
from tests.lawcrm.mail_server import Post, mail_server, options


@pytest.fixture(scope="module")
def sealed_tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), sealed_rows.tables():
        yield


@pytest.fixture
def fresh_keyring(system: access.Viewer) -> Iterator[None]:
    with keyring.fresh():
        yield


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with mail_server() as post:
        settings.MAILERS = options(post.port)
        yield post
