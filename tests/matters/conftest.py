"""A partner, an outsider, and a matter opened the way people open one."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clients.models import Contact
from lawcrm import access
from lawcrm.accounts.models import User
from matters.actions.opening import Opening, open_matter
from matters.models import Matter
from tests import factories, personas
from tests.lawcrm.mail_server import Post, mail_server, options

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)

type Opener = Callable[..., Matter]


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with mail_server() as post:
        settings.MAILERS = options(post.port)
        yield post


@pytest.fixture
def karin() -> User:
    return personas.user_for("partner", full_name="Karin Vestergaard")


@pytest.fixture
def ida() -> User:
    return personas.user_for("lawyer", full_name="Ida Berg")


@pytest.fixture
def outsider() -> User:
    return personas.user_for("lawyer", full_name="Tomas Lind")


@pytest.fixture
def opened(karin: User) -> Opener:
    """Opens a matter as Karin."""

    def open_one(title: str = "Yıldız ./. Nordbau GmbH", **fields: Any) -> Matter:
        client = fields.pop("client", None) or factories.contact()
        known = [one for one in (client, *fields.get("adverse", ())) if isinstance(one, Contact)]
        with factories.shown(karin, *known), access.as_user(karin):
            values = {
                "once": uuid4(),
                "title": title,
                "matter_type": factories.matter_type(),
                "jurisdiction": "DE",
                "opened_on": date(2026, 2, 3),
                "responsible": karin,
                "client": client,
                **fields,
            }
            return open_matter(actor=karin, wanted=Opening(**values), now=NOW)

    return open_one


@pytest.fixture
def matter(opened: Opener) -> Matter:
    return opened()


@pytest.fixture
def browser(karin: User) -> Client:
    return personas.signed_in(karin)
