"""Pages of matters: who gets them, what they show, how many queries they cost."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lawcrm.accounts.models import User
from matters.models import Matter
from matters.urls import urlpatterns
from tests import personas
from tests.matters.conftest import Opener

pytestmark = pytest.mark.django_db

OF_ONE_MATTER = [pattern for pattern in urlpatterns if "public_id" in str(pattern.pattern)]


def address(name: str, matter: Matter) -> str:
    extra = {"item": uuid4()} if name in {"communication", "document"} else {}
    extra |= {"kind": "call"} if name == "log" else {}
    return reverse(f"matters:{name}", kwargs={"public_id": matter.public_id, **extra})


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_outsider_gets_404_everywhere(matter: Matter, outsider: User, method: str) -> None:
    client = personas.signed_in(outsider)
    codes = {
        str(pattern.name): getattr(client, method)(address(str(pattern.name), matter)).status_code
        for pattern in OF_ONE_MATTER
    }
    read_only = {name: code for name, code in codes.items() if code == 405}
    assert set(codes.values()) <= {404, 405}
    for name in read_only:
        missing = address(name, Matter(public_id=uuid4()))
        assert getattr(client, method)(missing).status_code == 405


PAGES = ["detail", "communication_list", "documents", "parties", "access", "history", "change", "close", "reopen"]
FORMS = ["log", "file_mail", "add_party", "grant", "raise_wall"]


@pytest.mark.parametrize("name", PAGES + FORMS)
def test_the_team_gets_every_page(matter: Matter, browser: Client, name: str) -> None:
    response = browser.get(address(name, matter))
    assert response.status_code == 200
    assert "Yıldız ./. Nordbau GmbH" in response.content.decode()


def test_the_list_shows_own_matters_only(opened: Opener, browser: Client, outsider: User) -> None:
    matter = opened()
    assert matter.number in browser.get("/matters/").content.decode()
    page = personas.signed_in(outsider).get("/matters/").content.decode()
    assert matter.number not in page
    assert "No matters yet" in page


def query_count(client: Client, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_the_list_costs_the_same_for_one_and_three(opened: Opener, browser: Client) -> None:
    opened()
    first = query_count(browser, "/matters/")
    opened("Møller mod Øresund Havn")
    opened("Ek ./. Ek")
    assert (first, query_count(browser, "/matters/")) == (10, 10)
