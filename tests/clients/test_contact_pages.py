"""The list, the page of a contact, entering and changing it, in a browser's terms."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clients import panels
from clients.models import Address, Contact, ContactName, ContactPoint
from clients.queries.contacts import PAGE
from lawcrm import access, ui
from lawcrm.models import ReadEntry
from tests import factories, personas

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script>"
PERSON = {
    "given_name": "Gülşen",
    "family_name": "Özdemir-Çağlayan",
    "country": "TR",
    "language": "tr",
    "source": "client",
    "collected_on": "2026-01-05",
    "email": "Gulsen@Ozdemir.example",
    "phone": "0532 123 45 67",
    "lines": "İstiklal Caddesi 12",
    "postcode": "34433",
    "city": "İstanbul",
}


@pytest.fixture
def browser() -> Any:
    return personas.client_for("lawyer")


def opened(contact: Contact, to: Any) -> Contact:
    matter = factories.matter()
    factories.party(matter, contact)
    factories.grant(matter, to)
    return contact


def form_of(browser: Client, url: str) -> dict[str, Any]:
    """What the page's form holds, as a browser would send it back."""
    context = browser.get(url).context
    fields: dict[str, Any] = {}
    for name in ("form", "reach", "entry"):
        if name in context:
            for field in context[name]:
                fields[field.name] = field.value() if field.value() is not None else ""
    return fields


def enter(browser: Client, **values: Any) -> Any:
    data = {**form_of(browser, "/contacts/new/"), **PERSON, **values}
    return browser.post("/contacts/new/", data)


def test_a_contact_entered_once_is_one_contact_however_often_it_is_sent(browser: Any) -> None:
    data = {**form_of(browser, "/contacts/new/"), **PERSON}
    first, second = browser.post("/contacts/new/", data), browser.post("/contacts/new/", data | {"anyway": "1"})
    assert (first.status_code, first["Location"]) == (302, second["Location"])
    with access.as_user(browser.user):
        contact = Contact.objects.get()
        point = ContactPoint.objects.get(kind="phone")
        assert (contact.name, contact.created_by) == ("Gülşen Özdemir-Çağlayan", browser.user)
        assert point.normalised == "+905321234567"
        assert Address.objects.get().city == "İstanbul"
    with connection.cursor() as cursor, access.as_system("test"):
        cursor.execute("select count(*) from sight_wrong()")
        assert cursor.fetchone()[0] == 0


def test_a_colleague_neither_sees_a_new_contact_nor_is_told_of_it(browser: Any) -> None:
    enter(browser)
    with access.as_system("test"):
        public_id = Contact.objects.get().public_id
    colleague = personas.client_for("lawyer")
    assert colleague.get(f"/contacts/{public_id}/").status_code == 404
    assert "Özdemir" not in colleague.get("/contacts/").content.decode()
    assert "Özdemir" not in colleague.post("/contacts/", {"q": "Özdemir"}).content.decode().replace(
        'value="Özdemir"', ""
    )
    again = enter(colleague)  # a hint about what the colleague may not see would be a leak
    assert again.status_code == 302


def test_a_likely_duplicate_is_shown_and_may_be_entered_anyway(browser: Any) -> None:
    enter(browser)
    hinted = enter(browser, email="", phone="", family_name="Ozdemir Caglayan")
    assert hinted.status_code == 422
    assert [c.name for c in hinted.context["alike"]] == ["Gülşen Özdemir-Çağlayan"]
    assert 'value="Ozdemir Caglayan"' in hinted.content.decode()
    assert enter(browser, anyway="1").status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family_name", ""),
        ("family_name", XSS),
        ("source", ""),
        ("collected_on", "2999-01-01"),
        ("collected_on", "31.02.2026"),
        ("email", "gulsen at ozdemir"),
        ("phone", "call me"),
        ("city", ""),
        ("token", "forged"),
        ("family_name", "x" * 300),
        ("family_name", "nul\0byte"),
    ],
)
def test_bad_input_is_answered_in_words_and_loses_nothing(browser: Any, field: str, value: str) -> None:
    answer = enter(browser, **{field: value})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert 'value="Gülşen"' in answer.content.decode()
    assert XSS not in answer.content.decode()
    with access.as_system("test"):
        assert Contact.objects.count() == 0


def test_a_script_already_in_the_tables_is_shown_as_text(browser: Any) -> None:
    contact = opened(factories.contact(XSS, source_detail=XSS), browser.user)
    with access.as_system("test"):
        ContactPoint.objects.create(contact=contact, kind="web", value=XSS, normalised=XSS)
        Address.objects.create(contact=contact, lines=XSS, city=XSS)
        ContactName.objects.create(contact=contact, name=XSS)
    for path in ("", "history/", "edit/", "names/", "points/", "addresses/", "readers/"):
        page = browser.get(f"/contacts/{contact.public_id}/{path}")
        assert page.status_code == 200
        assert XSS not in page.content.decode()
    assert XSS not in browser.get("/contacts/").content.decode()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what other apps count in the navigation and show beside a contact: that is theirs to test."""
    monkeypatch.setattr(panels, "_panels", {})
    monkeypatch.setattr(ui, "nav", ui.Navigation())


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.usefixtures("bare")
def test_the_list_costs_the_same_queries_however_many_rows(browser: Any, count: int) -> None:
    for number in range(count):
        opened(factories.contact(f"Søren Åkjær {number}"), browser.user)
    browser.get("/contacts/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = browser.get("/contacts/")
    assert len(page.context["page"].rows) == count
    assert len(queries) == LIST_QUERIES, [query["sql"][:120] for query in queries]


LIST_QUERIES = 9


@pytest.mark.usefixtures("bare")
def test_the_page_of_a_contact_stays_within_the_budget_and_is_logged_once(browser: Any) -> None:
    contact = opened(factories.contact(national_id="010190-1234"), browser.user)
    with access.as_system("test"):
        ContactPoint.objects.create(contact=contact, kind="phone", value="12345678", normalised="12345678")
        Address.objects.create(contact=contact, lines="Gade 1", city="By")
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(f"/contacts/{contact.public_id}/")
    assert page.status_code == 200
    assert len(queries) == 11, [query["sql"][:120] for query in queries]
    assert "010190" not in page.content.decode()
    with access.as_system("test"):
        assert [(entry.user_id, entry.what) for entry in ReadEntry.objects.all()] == [(browser.user.pk, "page")]


def test_confidential_values_are_shown_on_request_and_that_is_logged(browser: Any) -> None:
    contact = opened(factories.contact(national_id="010190-1234"), browser.user)
    url = f"/contacts/{contact.public_id}/confidential/"
    assert browser.get(url).status_code == 405
    shown = browser.post(url, {"show": "1"})
    assert "010190-1234" in shown.content.decode()
    data = {"version": shown.context["form"]["version"].value(), "national_id": "020290-4321", "born_on": "1990-02-02"}
    assert browser.post(url, data).status_code == 302
    assert "020290-4321" in browser.post(url, {"show": "1"}).content.decode()
    stale = browser.post(url, data | {"national_id": "1"})
    assert stale.status_code == 422
    with access.as_system("test"):
        assert ReadEntry.objects.filter(what="confidential").count() == 2


def test_a_stale_form_says_both_values_and_loses_nothing(browser: Any) -> None:
    enter(browser)
    with access.as_system("test"):
        url = f"/contacts/{Contact.objects.get().public_id}/edit/"
    mine, theirs = form_of(browser, url), form_of(browser, url)
    assert browser.post(url, theirs | {"country": "DE"}).status_code == 302
    answer = browser.post(url, mine | {"country": "SE", "source_detail": "her sister"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Now: “DE”" in text or "Now: “Germany”" in text
    assert 'value="her sister"' in text
    assert '<option value="SE" selected>' in text
    again = {field.name: field.value() or "" for field in answer.context["form"]}
    assert browser.post(url, again).status_code == 302
    with access.as_system("test"):
        assert Contact.objects.get().country == "SE"


def test_a_former_name_is_kept_and_found(browser: Any) -> None:
    enter(browser)
    with access.as_system("test"):
        url = f"/contacts/{Contact.objects.get().public_id}/edit/"
    assert browser.post(url, form_of(browser, url) | {"family_name": "Møller"}).status_code == 302
    with access.as_system("test"):
        kinds = dict(ContactName.objects.values_list("name", "kind"))
    assert kinds == {"Gülşen Özdemir-Çağlayan": "former", "Gülşen Møller": "legal"}
    assert "Møller" in browser.post("/contacts/", {"q": "ozdemir"}).content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "AKJAER",
        "soren",
        "Åkjær Søren",
        "so",
        "ak",
        "so Åk",
        "soren@example",
        "SOREN@example.dk",
        "12 34 56 78",
        "+45 1234",
        "Aakjaer",
    ],
)
def test_search_finds_by_folded_name_address_and_number(browser: Any, text: str) -> None:
    contact = opened(factories.contact("Søren Åkjær", country="DK"), browser.user)
    hidden = factories.contact("Søren Åkjær hidden")
    other = opened(factories.contact("Zoë Quist"), browser.user)
    with access.as_system("test"):
        for row in (contact, hidden):
            ContactPoint.objects.create(
                contact=row, kind="email", value="Soren@Example.dk", normalised="soren@example.dk"
            )
            ContactPoint.objects.create(contact=row, kind="phone", value="12345678", normalised="+4512345678")
    rows = browser.post("/contacts/", {"q": text}).context["page"].rows
    assert [row.contact.pk for row in rows] == [contact.pk]
    assert other.pk


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"; drop', "ø" * 500, "\0", "🙂", "<script>"])
def test_search_takes_any_text(browser: Any, text: str) -> None:
    opened(factories.contact("Søren Åkjær"), browser.user)
    answer = browser.post("/contacts/", {"q": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()


def test_pages_lead_forth_and_back_without_names_in_addresses(browser: Any) -> None:
    matter = factories.matter()
    factories.grant(matter, browser.user)
    for number in range(120):
        factories.party(matter, factories.contact(f"Person {number:03}"))
    seen: list[list[str]] = []
    url = "/contacts/?kind=person"
    while url:
        page = browser.get(url)
        seen.append([row.contact.name for row in page.context["page"].rows])
        assert "Person" not in url
        url = page.context["older_url"]
    assert [len(names) for names in seen] == [50, 50, 20]
    assert [name for names in seen for name in names] == [f"Person {number:03}" for number in range(120)]
    back = browser.get(page.context["newer_url"])
    assert [row.contact.name for row in back.context["page"].rows] == seen[1]
    first = browser.get(back.context["newer_url"])
    assert [row.contact.name for row in first.context["page"].rows] == seen[0]
    assert first.context["newer_url"] == ""


def test_shared_things_change_together_and_hidden_ones_stay(browser: Any) -> None:
    husband = opened(factories.contact("Jens Holm"), browser.user)
    wife = opened(factories.contact("Mette Holm"), browser.user)
    with access.as_system("test"):
        point = ContactPoint.objects.create(contact=husband, kind="phone", value="12345678", normalised="12345678")
    url = f"/contacts/{husband.public_id}/share/{point.share_id}/"
    assert "Mette Holm" in browser.post(url, {"q": "mette"}).content.decode()
    assert browser.post(url, {"to": str(wife.public_id)}).status_code == 302
    page = browser.get(f"/contacts/{husband.public_id}/points/")
    rows, own = page.context["rows"], page.context["own"]
    data = {"version": own["version"].value(), "spread": "on"}
    data |= {field.html_name: field.value() or "" for field in rows.management_form}
    data |= {field.html_name: field.value() or "" for form in rows for field in form}
    data["row-0-value"] = "87654321"
    assert browser.post(f"/contacts/{husband.public_id}/points/", data).status_code == 302
    with access.as_system("test"):
        assert set(ContactPoint.objects.values_list("contact_id", "normalised")) == {
            (husband.pk, "87654321"),
            (wife.pk, "87654321"),
        }
    stale = browser.post(f"/contacts/{husband.public_id}/points/", data | {"row-0-value": "11112222"})
    assert stale.status_code == 422
    assert "11112222" in stale.content.decode()


def test_a_restricted_contact_is_shown_to_few_and_changed_by_nobody(browser: Any) -> None:
    contact = factories.contact()
    with access.as_system("test"):
        contact.restricted_at = datetime(2026, 11, 21, 12, tzinfo=UTC)
        contact.save()
    officer = personas.client_for("data protection officer", "lawyer")
    opened(contact, officer.user)
    opened(contact, browser.user)
    assert browser.get(f"/contacts/{contact.public_id}/").status_code == 404
    page = officer.get(f"/contacts/{contact.public_id}/")
    assert "Restricted" in page.content.decode()
    url = f"/contacts/{contact.public_id}/edit/"
    refused = officer.post(url, form_of(officer, url) | {"family_name": "Other"})
    assert refused.status_code == 422
    assert "restricted" in refused.content.decode()


def test_the_roles_decide_what_is_done_not_what_is_seen() -> None:
    administrator, marketing = personas.client_for("administrator"), personas.client_for("marketing")
    assert administrator.get("/contacts/").status_code == 403
    assert marketing.get("/contacts/").status_code == 200
    assert marketing.get("/contacts/new/").status_code == 403
    contact = opened(factories.contact(), marketing.user)
    assert marketing.get(f"/contacts/{contact.public_id}/").status_code == 200
    assert marketing.post(f"/contacts/{contact.public_id}/edit/").status_code == 403
    assert marketing.post(f"/contacts/{contact.public_id}/confidential/", {"show": "1"}).status_code == 403


def test_who_else_has_seen_a_contact_tells_of_no_hidden_matter(browser: Any) -> None:
    contact = opened(factories.contact("Shared Person"), browser.user)
    other = personas.client_for("lawyer")
    opened(contact, other.user)
    url = f"/contacts/{contact.public_id}/readers/"
    for client in (other, browser):
        assert client.get(f"/contacts/{contact.public_id}/").status_code == 200
    assert names_in(browser.get(url)) == {browser.user.full_name}
    officer = personas.client_for("data protection officer")
    opened(contact, officer.user)
    assert {browser.user.full_name, other.user.full_name} <= names_in(officer.get(url))


def test_who_has_seen_an_entry_of_the_directory_is_shown_to_the_firm(browser: Any) -> None:
    contact = factories.contact("Amtsgericht Mitte", is_directory=True, directory_reason="court")
    other = personas.client_for("lawyer")
    assert other.get(f"/contacts/{contact.public_id}/").status_code == 200
    assert other.user.full_name in names_in(browser.get(f"/contacts/{contact.public_id}/readers/"))


def names_in(page: Any) -> set[str]:
    assert page.status_code == 200
    return {row[1] for row in page.context["rows"]}


def test_a_list_says_how_many_there_are_as_far_as_it_shows_them(browser: Any) -> None:
    matter = factories.matter()
    factories.grant(matter, browser.user)
    for number in range(PAGE + 1):
        factories.party(matter, factories.contact(f"Person {number:02d}"))
        if number == PAGE - 1:
            assert "50 contacts" in browser.get("/contacts/").content.decode()
    first = browser.get("/contacts/")
    assert "more than 50 contacts" in first.content.decode()
    second = browser.get(first.context["older_url"])
    assert (len(second.context["page"].rows), "more than 50 contacts" in second.content.decode()) == (1, True)
