"""Pages of matters: who gets them, what they show, how many queries they cost."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.models import User
from matters.models import Matter
from matters.queries import listing
from matters.urls import urlpatterns
from tests import factories, personas
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db

OF_ONE_MATTER = [pattern for pattern in urlpatterns if "public_id" in str(pattern.pattern)]


def address(name: str, matter: Matter) -> str:
    known = {"public_id": matter.public_id, "item": uuid4(), "kind": "call"}
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name).pattern
    return reverse(f"matters:{name}", kwargs={part: known[part] for part in pattern.converters})


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
    assert query_count(browser, "/matters/") == first
    assert first <= 15


def test_the_overview_costs_no_more_than_its_budget(opened: Opener, browser: Client) -> None:
    one = opened()
    assert query_count(browser, f"/matters/{one.public_id}/") <= 15


def test_search_finds_by_folded_title_and_number_within_sight(opened: Opener, browser: Client, outsider: User) -> None:
    opened("Møller mod Øresund Havn")
    other = opened("Ek ./. Ek")
    by_title = browser.post("/matters/find/", {"q": "oresund"})
    by_number = browser.post("/matters/find/", {"q": other.number})
    assert [row.matter.title for row in by_title.context["rows"]] == ["Møller mod Øresund Havn"]
    assert [row.matter.title for row in by_number.context["rows"]] == ["Ek ./. Ek"]
    hidden = personas.signed_in(outsider).post("/matters/find/", {"q": "oresund"})
    assert list(hidden.context["rows"]) == []
    assert "Nothing found" in hidden.content.decode()


def test_the_palette_and_a_contacts_page_show_visible_matters_only(
    opened: Opener, browser: Client, outsider: User
) -> None:
    court = factories.contact("Landgericht", kind="organisation", is_directory=True, directory_reason="court")
    matter = opened("Møller mod Øresund Havn", client=court)
    for client, shown in ((browser, True), (personas.signed_in(outsider), False)):
        assert (matter.number in client.post("/search/palette/", {"q": "oresund"}).content.decode()) is shown
        assert (matter.number in client.get(f"/contacts/{court.public_id}/").content.decode()) is shown


def test_filters_and_pages_lead_through_the_whole_list(opened: Opener, browser: Client) -> None:
    titles = [opened(f"Matter {number}").title for number in range(5)][::-1]
    with access.as_system("test"):
        first = listing.page_of(size=2)
        second = listing.page_of(before=first.older, size=2)
        third = listing.page_of(before=second.older, size=2)
        back = listing.page_of(after=third.newer, size=2)
    pages = [[row.matter.title for row in page.rows] for page in (first, second, third, back)]
    assert pages == [titles[:2], titles[2:4], titles[4:], titles[2:4]]
    assert (first.newer, third.older) == ("", "")
    assert len(browser.get("/matters/?state=closed").context["rows"]) == 0
    assert len(browser.get("/matters/?state=open&mine=1").context["rows"]) == 5
    assert browser.get("/matters/?state=junk&before=junk&after=" + str(uuid4())).status_code == 200


def test_clients_out_of_sight_are_not_named_in_the_list(opened: Opener, browser: Client) -> None:
    client = factories.contact("Restricted Person")
    opened(client=client)
    with access.as_system("test"):
        client.restricted_at = NOW
        client.save()
    assert [row.clients for row in browser.get("/matters/").context["rows"]] == [""]
