"""Consents: recorded with their words, seen on the contact, withdrawn by one press without signing in."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clients.models import Contact, ContactPoint
from consent import actions, links, mails, queries
from consent.models import Consent, ConsentEvent, Purpose, Wording
from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import OutboxMessage
from tests import factories, personas

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def clerk() -> User:
    return personas.user_for("assistant")


@pytest.fixture
def wording() -> Wording:
    with access.as_system("test"), transaction.atomic():
        purpose = Purpose.objects.create(code="newsletter", name="Newsletter", basis="consent")
        return Wording.objects.create(
            purpose=purpose, language="de", version=1, text="Ja, ich möchte den Rundbrief.", valid_from=NOW
        )


@pytest.fixture
def contact(clerk: User) -> Contact:
    contact, matter = factories.contact("Mehmet Yıldız"), factories.matter()
    factories.party(matter, contact)
    factories.grant(matter, clerk)
    return contact


def recorded(clerk: User, contact: Contact, wording: Wording, at: datetime = NOW) -> Consent:
    with access.as_user(clerk):
        return actions.record_consent(
            actor=clerk, contact=contact, wording=wording, channel="paper", happened_at=at, evidence="binder 7", now=NOW
        )


def test_a_consent_shows_its_exact_words_on_the_contact(clerk: User, contact: Contact, wording: Wording) -> None:
    client = personas.signed_in(clerk)
    client.post(
        reverse("consent:record", args=[contact.public_id]),
        {"wording": wording.pk, "channel": "paper", "happened_at": "2026-11-20T10:00", "evidence": "binder 7"},
    )
    page = client.get(reverse("consent:of_contact", args=[contact.public_id])).content.decode()
    assert "Ja, ich möchte den Rundbrief." in page
    assert "binder 7" in page
    assert "Newsletter" in client.get(reverse("clients:detail", args=[contact.public_id])).content.decode()


def test_the_link_withdraws_by_one_press_and_not_by_being_opened(
    clerk: User, contact: Contact, wording: Wording
) -> None:
    consent = recorded(clerk, contact, wording)
    url, nobody = reverse("withdraw", args=[links.token_for(consent.public_id)]), Client()
    opened = nobody.get(url)
    assert opened.status_code == 200
    assert "Yıldız" not in opened.content.decode()
    with access.as_system("test"):
        assert queries.agrees(contact, wording.purpose)
    assert "is withdrawn" in nobody.post(url, follow=True).content.decode()
    nobody.post(url)
    with access.as_system("test"):
        assert not queries.agrees(contact, wording.purpose)
        kinds = ConsentEvent.objects.filter(consent=consent).order_by("pk").values_list("kind", "channel")
        assert list(kinds) == [("given", "paper"), ("withdrawn", "link")]


@pytest.mark.parametrize("token", ["", "x", "swapped", "expired"])
def test_a_forged_link_looks_like_a_missing_page(clerk: User, contact: Contact, wording: Wording, token: str) -> None:
    consent = recorded(clerk, contact, wording)
    if token == "swapped":
        token = signing.dumps(consent.public_id.hex, salt="another use")
    if token == "expired":
        token = signing.TimestampSigner(salt=links.SALT).sign("x")
    assert Client().get(f"/w/{token}/" if token else "/w/").status_code == 404


def test_a_consent_in_the_future_or_out_of_order_is_refused(clerk: User, contact: Contact, wording: Wording) -> None:
    with pytest.raises(actions.ConsentRefused, match="future"):
        recorded(clerk, contact, wording, NOW + timedelta(minutes=1))
    recorded(clerk, contact, wording)
    with pytest.raises(actions.ConsentRefused, match="later"):
        recorded(clerk, contact, wording, NOW - timedelta(days=1))


def test_a_new_wording_leaves_earlier_consents_with_theirs(clerk: User, contact: Contact, wording: Wording) -> None:
    consent = recorded(clerk, contact, wording)
    with access.as_user(clerk):
        newer = actions.add_wording(actor=clerk, purpose=wording.purpose, language="de", text="Neu", now=NOW)
        assert newer.version == 2
        assert [current.pk for current in queries.current_wordings()] == [newer.pk]
        assert consent.events.get().wording_id == wording.pk


def test_an_outsider_sees_no_consent(clerk: User, contact: Contact, wording: Wording) -> None:
    consent = recorded(clerk, contact, wording)
    outsider = personas.client_for("assistant")
    for name, public_id in (
        ("of_contact", contact.public_id),
        ("record", contact.public_id),
        ("withdraw", consent.public_id),
    ):
        assert outsider.get(reverse(f"consent:{name}", args=[public_id])).status_code == 404


def test_the_confirmation_goes_out_only_while_the_consent_stands(
    clerk: User, contact: Contact, wording: Wording
) -> None:
    consent = recorded(clerk, contact, wording)
    with access.as_system("test"):
        point = ContactPoint.objects.create(
            contact=contact, kind="email", value="mehmet@yildiz.example", normalised="mehmet@yildiz.example"
        )
        actions.send_confirmation(consent=consent, point=point)
        message = OutboxMessage.objects.get()
        mail = mails.compose(message)
        assert (mail.to, mails.may_send(message)) == ("mehmet@yildiz.example", True)
        assert "Ja, ich möchte den Rundbrief." in mail.text
        assert links.withdrawal_url(consent.public_id).rsplit(":", 2)[0] in mail.text
        actions.withdraw_by_link(consent=consent, now=timezone.now())
        assert mails.may_send(message) is False


def test_marketing_manages_purposes_and_an_assistant_does_not() -> None:
    marketing, assistant = personas.client_for("marketing"), personas.client_for("assistant")
    assert assistant.get(reverse("consent:new_purpose")).status_code == 403
    marketing.post(reverse("consent:new_purpose"), {"name": "Invitations", "code": "invitations", "basis": "consent"})
    with access.as_system("test"):
        purpose = Purpose.objects.get(code="invitations")
    marketing.post(reverse("consent:new_wording", args=[purpose.public_id]), {"language": "da", "text": "Ja tak"})
    assert "Ja tak" in marketing.get(reverse("consent:purpose", args=[purpose.public_id])).content.decode()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_one_consent_and_every_event(clerk: User, wording: Wording) -> None:
    contact = factories.contact()
    barrier = threading.Barrier(8)

    def one() -> None:
        barrier.wait()
        try:
            with access.as_system("race"):
                actions.record_consent(
                    actor=clerk, contact=contact, wording=wording, channel="web", happened_at=NOW, evidence="", now=NOW
                )
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with access.as_system("test"):
        assert (Consent.objects.count(), ConsentEvent.objects.count()) == (1, 8)
