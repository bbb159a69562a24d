"""A matter with its team, and a mail server."""

from collections.abc import Iterator
from typing import Any

import pytest

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.crypto import keyring
from tests import factories, personas
from tests.deadlines.office import Office, fresh, open_office
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


@pytest.fixture
def boss(office: Office) -> User:
    """The lawyer responsible for the matter is somebody else than the deadline's owner."""
    boss = personas.user_for("lawyer", full_name="Berit Boss")
    with access.as_system("test"):
        factories.grant(office.matter, boss)
        office.matter.responsible = boss
        office.matter.save()
    office.matter = fresh(office.matter)
    return boss
