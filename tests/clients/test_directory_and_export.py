"""Courts for everyone, contacts as a file, contacts in Ctrl-K."""

import csv
import io
from typing import Any

import pytest

from clients.imports import rows
from clients.models import Contact, ContactPoint, Court
from lawcrm import access
from lawcrm.models import JournalEntry, ReadEntry
from tests import factories, personas
from tests.clients.test_contact_pages import opened
from tests.clients.test_import import TODAY

pytestmark = pytest.mark.django_db
COURT = {
    "name": "Landgericht Köln",
    "country": "DE",
    "subdivision": "nw",
    "seat": "Köln",
    "level": "first instance",
    "reason": "court of many matters",
}


def enter_court(browser: Any, **values: str) -> Any:
    token = browser.get("/contacts/courts/new/").context["form"]["token"].value()
    return browser.post("/contacts/courts/new/", {**COURT, "token": token, **values})


def test_a_court_is_seen_by_everyone_and_its_reason_is_asked() -> None:
    browser = personas.client_for("assistant")
    assert enter_court(browser, reason="").status_code == 422
    assert enter_court(browser, subdivision="Bayern").status_code == 422
    assert enter_court(browser).status_code == 302
    other = personas.client_for("marketing")
    assert "Landgericht Köln" in other.get("/contacts/courts/?q=koeln").content.decode()
    assert "Landgericht" not in other.get("/contacts/courts/?q=Amtsgericht").content.decode()
    with access.as_user(other.user):
        court = Court.objects.get()
        assert (court.country, court.subdivision) == ("DE", "NW")
        assert other.get(f"/contacts/{court.contact.public_id}/").status_code == 200
    assert other.get("/contacts/courts/new/").status_code == 403


def test_an_export_holds_what_the_person_sees_harmless_and_noted() -> None:
    browser = personas.client_for("partner")
    contact = opened(factories.contact("=cmd|' /C calc'!A0", country="DK", source="client"), browser.user)
    opened(factories.contact("Käthe Groß", country="DE"), browser.user)
    factories.contact("Hidden Holm", country="DK")
    with access.as_system("test"):
        ContactPoint.objects.create(contact=contact, kind="phone", value="+45 12345678", normalised="+4512345678")
    assert browser.post("/contacts/export/", {"country": "DK"}).status_code == 422
    answer = browser.post("/contacts/export/", {"country": "DK", "reason": "audit 2026"})
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["Name"], row["Telephone"]) == ("'=cmd|' /C calc'!A0", "'+45 12345678")
    with access.as_system("test"):
        assert ReadEntry.objects.filter(what="export").values_list("object_id", flat=True).get() == contact.pk
        entry = JournalEntry.objects.get(kind="contacts.exported")
        assert (entry.reason, entry.facts) == ("audit 2026", {"contacts": 1})
    assert personas.client_for("lawyer").get("/contacts/export/").status_code == 403


def test_what_goes_out_can_come_back() -> None:
    browser = personas.client_for("partner")
    opened(factories.contact("Käthe Groß", country="DE"), browser.user)
    answer = browser.post("/contacts/export/", {"reason": "moving"})
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    table = rows.read(text, today=TODAY)
    assert ([draft.name for draft in table.drafts], table.problems) == (["Käthe Groß"], [])


def test_the_palette_finds_visible_contacts_only() -> None:
    browser = personas.client_for("lawyer")
    contact = opened(factories.contact("Søren Åkjær"), browser.user)
    factories.contact("Søren Hidden")
    found = browser.post("/search/palette/", {"q": "soeren"}).content.decode()
    assert str(contact.public_id) in found
    assert "Hidden" not in found
    assert "Søren Åkjær" in browser.post("/search/", {"q": "soeren"}).content.decode()
    assert browser.get("/search/").status_code == 405
    assert (
        "Søren" not in personas.client_for("administrator").post("/search/palette/", {"q": "soeren"}).content.decode()
    )


def test_a_contact_cannot_be_made_a_directory_entry_by_the_edit_form() -> None:
    browser = personas.client_for("lawyer")
    contact = opened(factories.contact("Kim Holm", family_name="Holm"), browser.user)
    form = browser.get(f"/contacts/{contact.public_id}/edit/").context["form"]
    data = {field.name: field.value() or "" for field in form}
    browser.post(f"/contacts/{contact.public_id}/edit/", data | {"is_directory": "on", "directory_reason": "x"})
    with access.as_system("test"):
        assert not Contact.objects.get(pk=contact.pk).is_directory
