"""What happens in a matter: calls, meetings, letters, parties, changes, closing, and its history."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from clients.models import Contact, Court
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.audit.journal import Event
from lawcrm.crypto import keyring
from lawcrm.crypto.marks import mark
from lawcrm.models import JournalEntry
from matters.actions import closing, parties
from matters.actions.communications import Exchange, NotYet, log_communication
from matters.actions.opening import NewContact
from matters.models import Communication, Matter, Party
from matters.queries import overview
from tests import factories
from tests.matters.conftest import NOW, Opener
from tests.matters.mails import PDF
from tests.matters.test_mail import named

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert('x')</script>"


def exchange(**changes: Any) -> Exchange:
    values = {
        "once": uuid4(),
        "kind": Communication.Kind.CALL,
        "happened_at": NOW - timedelta(hours=1),
        "subject": "Cost estimate",
        "body": "Client accepts the appeal.",
        "minutes": 18,
        **changes,
    }
    return Exchange(**values)


def log(karin: User, matter: Matter, **changes: Any) -> Communication:
    with access.as_user(karin):
        return log_communication(actor=karin, matter=matter, exchange=exchange(**changes), now=NOW)


def test_a_call_is_sealed_and_stands_in_the_timeline(opened: Opener, karin: User) -> None:
    client = factories.contact()
    matter = opened(client=client)
    row = log(karin, matter, counterpart=client)
    with access.as_system("test"), connection.cursor() as cursor:
        cursor.execute("select body from matters_communication where id = %s", [row.pk])
        assert b"accepts" not in bytes(cursor.fetchone()[0])
    with access.as_user(karin):
        lines = overview.timeline(matter, [], people={client.pk: client.name})
        told = [(line.strong, line.rest) for line in lines if line.url]
    assert told == [("Call with Mehmet Yıldız", "18 min, Karin Vestergaard")]


def test_what_has_not_happened_is_not_logged(karin: User, matter: Matter) -> None:
    with pytest.raises(NotYet):
        log(karin, matter, happened_at=NOW + timedelta(hours=1))


@pytest.mark.parametrize("kind", ["call", "meeting", "letter"])
def test_each_kind_is_logged_by_its_form_with_an_attachment_once(matter: Matter, browser: Client, kind: str) -> None:
    address = f"/matters/{matter.public_id}/communication/log/{kind}/"
    sent = {
        "once": browser.get(address).context["form"]["once"].value(),
        "happened_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "subject": SCRIPT,
        "body": f"{SCRIPT}\nsecond line",
        "direction": "in",
        "minutes": "18",
    }
    first = browser.post(address, {**sent, "chosen": named("Urteil.pdf", PDF)})
    second = browser.post(address, {**sent, "chosen": named("Urteil.pdf", PDF)})
    assert first.status_code == 302
    assert second["Location"] == first["Location"]
    page = browser.get(first["Location"]).content.decode()
    assert "Urteil.pdf" in page
    assert "second line" in page
    assert SCRIPT not in page
    changed = browser.post(address, {**sent, "subject": "another call"})
    assert changed.status_code == 422
    assert "another call" in changed.content.decode()


def test_a_bad_form_loses_nothing(matter: Matter, browser: Client) -> None:
    address = f"/matters/{matter.public_id}/communication/log/call/"
    response = browser.post(address, {"once": "junk", "subject": "kept", "body": "kept too", "minutes": "-1"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="kept"' in page
    assert "kept too" in page
    assert "This form is stale" in page


def test_a_party_comes_goes_and_comes_back(opened: Opener, karin: User) -> None:
    matter = opened()
    with access.as_user(karin):
        new = NewContact("Greta Möller", Contact.Kind.PERSON)
        role = Party.Role.ADVERSE_COUNSEL
        party = parties.add_party(actor=karin, matter=matter, contact=new, role=role, since=date(2026, 3, 1), now=NOW)
        with pytest.raises(parties.AlreadyParty):
            parties.add_party(
                actor=karin, matter=matter, contact=party.contact, role=role, since=date(2026, 3, 1), now=NOW
            )
        parties.end_party(actor=karin, party=party, until=date(2026, 4, 1), now=NOW)
        with pytest.raises(parties.AlreadyEnded):
            parties.end_party(actor=karin, party=party, until=date(2026, 4, 1), now=NOW)
        assert len(overview.parties_of(matter)) == 1
        back = parties.add_party(
            actor=karin, matter=matter, contact=party.contact, role=role, since=date(2026, 5, 1), now=NOW
        )
        assert back.pk == party.pk
        assert len(overview.parties_of(matter)) == 2
        assert Party.history.filter(id=party.pk).count() == 3


def test_the_last_client_stays(opened: Opener, karin: User) -> None:
    matter = opened()
    with access.as_user(karin), pytest.raises(parties.LastClient):
        parties.end_party(actor=karin, party=Party.objects.get(), until=date(2026, 4, 1), now=NOW)
    assert matter.pk


def test_the_party_forms(matter: Matter, browser: Client, karin: User) -> None:
    base = f"/matters/{matter.public_id}/parties/"
    sent = {"contact_words": "Nordbau", "contact": "new-organisation", "role": "adverse", "since": "2026-03-01"}
    assert "Nordbau" in browser.post(f"{base}add/", {**sent, "contact": "", "find": "contact"}).content.decode()
    assert browser.post(f"{base}add/", sent).status_code == 302
    with access.as_user(karin):
        party = Party.objects.get(role="adverse")
    assert browser.post(f"{base}end/", {"party": mark(party)}).status_code == 302
    assert "left" in browser.get(base).content.decode()
    assert browser.post(f"{base}end/", {"party": "9" * 30}).status_code == 404


def test_a_restricted_contact_stays_hidden_in_the_matter(opened: Opener, browser: Client) -> None:
    client = factories.contact("Hidden Now")
    matter = opened(client=client)
    assert "Hidden Now" in browser.get(f"/matters/{matter.public_id}/").content.decode()
    with access.as_system("test"):
        client.restricted_at = NOW
        client.save()
    for page in ("", "parties/", "communication/log/call/"):
        response = browser.get(f"/matters/{matter.public_id}/{page}")
        assert response.status_code == 200
        assert "Hidden Now" not in response.content.decode()
    assert "Hidden Now" not in browser.get("/matters/").content.decode()


def test_closing_says_so_to_those_who_asked(matter: Matter, karin: User) -> None:
    heard: list[Event] = []
    audit.subscribe("matter.closed", heard.append)
    with access.as_user(karin):
        closed = closing.close_matter(actor=karin, matter=matter, closed_on=date(2026, 11, 20), reason="won", now=NOW)
        assert (closed.state, closed.closed_on) == ("closed", date(2026, 11, 20))
        with pytest.raises(closing.AlreadyClosed):
            closing.close_matter(actor=karin, matter=matter, closed_on=date(2026, 11, 20), reason="", now=NOW)
        closing.reopen_matter(actor=karin, matter=matter, reason="appeal", now=NOW)
        for impossible in (date(2026, 2, 2), date(2026, 11, 21)):
            with pytest.raises(closing.ClosedBeforeOpened):
                closing.close_matter(actor=karin, matter=matter, closed_on=impossible, reason="", now=NOW)
    assert [(event.object, event.facts["closed_on"]) for event in heard] == [(matter, date(2026, 11, 20))]


def test_a_stale_form_overwrites_nothing_and_keeps_what_was_typed(matter: Matter, browser: Client) -> None:
    address = f"/matters/{matter.public_id}/change/"
    shown = browser.get(address).context["form"]
    sent = {name: shown[name].value() or "" for name in shown.fields}
    assert browser.post(address, {**sent, "title": "First"}).status_code == 302
    stale = browser.post(address, {**sent, "title": "Second"})
    assert stale.status_code == 422
    assert "Someone changed this matter" in stale.content.decode()
    assert 'value="Second"' in stale.content.decode()
    again = {**sent, "title": "Second", "version": stale.context["form"]["version"].value()}
    assert browser.post(address, again).status_code == 302
    page = browser.get(f"/matters/{matter.public_id}/history/")
    assert [(change.before, change.after) for change in page.context["changes"]] == [
        ("First", "Second"),
        ("Yıldız ./. Nordbau GmbH", "First"),
    ]


def test_history_and_journal_are_guarded(matter: Matter, karin: User, outsider: User) -> None:
    log(karin, matter)
    with access.as_user(karin):
        assert Matter.history.count() == 1
        assert Communication.history.count() == 1
        assert JournalEntry.objects.filter(matter_id=matter.pk).exists()
    with access.as_user(outsider):
        assert Matter.history.count() == 0
        assert Communication.history.count() == 0
        assert not JournalEntry.objects.filter(matter_id=matter.pk).exists()


@pytest.mark.parametrize("page", ["", "communication/", "documents/", "parties/", "access/", "history/", "change/"])
def test_script_in_a_title_and_a_name_is_only_text(opened: Opener, browser: Client, page: str) -> None:
    matter = opened(SCRIPT, client=factories.contact(SCRIPT), summary=SCRIPT, court_reference=SCRIPT)
    assert SCRIPT not in browser.get(f"/matters/{matter.public_id}/{page}").content.decode()
    assert SCRIPT not in browser.get("/matters/").content.decode()


def test_a_court_that_is_a_party_stands_once(opened: Opener, browser: Client) -> None:
    contact = factories.contact("Landgericht", kind="organisation", is_directory=True, directory_reason="court")
    with access.as_system("test"):
        court = Court.objects.create(contact=contact, country="DE", seat="Köln")
    matter = opened(court=court)
    for page in ("", "parties/"):
        assert browser.get(f"/matters/{matter.public_id}/{page}").content.decode().count("Landgericht") == 1
    factories.party(matter, contact, "court")
    for page in ("", "parties/"):
        assert browser.get(f"/matters/{matter.public_id}/{page}").content.decode().count("Landgericht") == 1


def test_details_of_an_erased_matter_can_still_be_changed(opened: Opener, browser: Client) -> None:
    matter = opened(summary="about somebody")
    keyring.destroy(matter.public_id, now=NOW)
    address = f"/matters/{matter.public_id}/change/"
    shown = browser.get(address).context["form"]
    sent = {name: str(shown[name].value() or "") for name in shown.fields}
    assert sent["summary"] == "[erased]"
    assert browser.post(address, {**sent, "title": "Erased file"}).status_code == 302
    assert "about somebody" not in browser.get(f"/matters/{matter.public_id}/").content.decode()
