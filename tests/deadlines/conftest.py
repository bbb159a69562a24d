"""A matter with its team, and a mail server."""

from collections.abc import Iterator
from typing import Any

import pytest

from lawcrm.crypto import keyring
from tests.deadlines.office import Office, open_office
from tests.lawcrm.mail_server import Post, mail_server, options


@pytest.fixture(autouse=True)
def fresh_keyring() -> Iterator[None]:
    with keyring.fresh():
        yield


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with mail_server() as post:
        settings.MAILERS = options(post.port)
        yield post


@pytest.fixture
def office(db: None) -> Office:
    return open_office()
