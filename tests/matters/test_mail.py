"""Filing mail: what is kept, what is left out, and that no mail breaks the page."""

import hashlib
import time
from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from lawcrm import access
from lawcrm.accounts.models import User
from matters import eml
from matters.actions.communications import AlreadyFiled, Filed, MailTooLarge, NotAMail, file_mail
from matters.actions.documents import FilesRefused, Incoming
from matters.models import Communication, Document, Matter
from matters.queries.correspondence import envelope_of
from tests.matters import mails
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db


def put(karin: User, matter: Matter, raw: bytes, name: str = "mail.eml") -> Filed:
    with access.as_user(karin):
        return file_mail(
            actor=karin,
            matter=matter,
            once=uuid4(),
            incoming=Incoming(name, BytesIO(raw)),
            direction=Communication.Direction.IN,
            now=NOW,
        )


def test_a_mail_is_kept_with_its_original_and_its_attachment(karin: User, matter: Matter) -> None:
    raw = mails.with_attachment()
    filed = put(karin, matter, raw)
    with access.as_user(karin):
        row = Communication.objects.get()
        assert row.subject == "Ladung zum Termin – Yıldız ./. Nordbau"
        assert row.body == "Termin am 14. Januar 2027, 10:30, Saal 212."
        assert row.happened_at == datetime(2026, 11, 18, 8, 12, tzinfo=UTC)
        assert bytes(row.message_digest or b"") == hashlib.sha256(raw).digest()
        assert envelope_of(row).sender == "Amtsgericht Köln <poststelle@ag-koeln.example>"
        documents = list(Document.objects.order_by("pk").values_list("name", "media_type"))
    assert documents == [("mail.eml", "message/rfc822"), ("Ladung 14.01.pdf", "application/pdf")]
    assert (filed.left_out, filed.is_readable) == (0, True)


def test_the_same_mail_twice_is_noticed_and_a_second_matter_takes_it(
    karin: User, matter: Matter, opened: Opener
) -> None:
    raw = mails.with_attachment()
    first = put(karin, matter, raw)
    with pytest.raises(AlreadyFiled) as refused:
        put(karin, matter, raw, name="another name.eml")
    assert refused.value.communication == first.communication
    put(karin, opened(), raw)


def test_html_becomes_text_without_script_style_or_picture() -> None:
    assert eml.read(mails.html_only()).text == "Sehr geehrte Frau Vestergaard,\nBitte <lesen>"


def test_attachments_that_are_not_taken_are_named_and_the_others_kept(karin: User, matter: Matter) -> None:
    put(karin, matter, mails.macros())
    with access.as_user(karin):
        left_out = envelope_of(Communication.objects.get()).left_out
        assert [refused["name"] for refused in left_out] == ["rechnung.exe"]
        assert set(Document.objects.values_list("name", flat=True)) == {"mail.eml", "ok.pdf"}


def test_a_bomb_inside_is_left_out_quickly(karin: User, matter: Matter) -> None:
    begun = time.process_time()
    filed = put(karin, matter, mails.bomb())
    assert filed.left_out == 1
    assert time.process_time() - begun < 10


def test_a_mail_inside_a_mail_is_an_attachment_and_not_taken_apart(karin: User, matter: Matter) -> None:
    put(karin, matter, mails.nested())
    with access.as_user(karin):
        names = list(Document.objects.order_by("pk").values_list("name", flat=True))
    assert names == ["mail.eml", "attachment-1.eml"]


def test_a_mail_that_breaks_the_parser_is_kept_raw_and_flagged(karin: User, matter: Matter, browser: Client) -> None:
    begun = time.process_time()
    filed = put(karin, matter, mails.deep(), name="tief.eml")
    assert time.process_time() - begun < 10
    assert not filed.is_readable
    assert filed.communication.subject == "tief"
    page = browser.get(f"/matters/{matter.public_id}/communication/{filed.communication.public_id}/").content.decode()
    assert "This e-mail could not be read." in page
    assert "tief.eml" in page


@pytest.mark.parametrize("raw", mails.HOSTILE.values(), ids=mails.HOSTILE.keys())
def test_no_mail_breaks_anything(karin: User, matter: Matter, browser: Client, raw: bytes) -> None:
    filed = put(karin, matter, raw)
    assert filed.is_readable
    with access.as_user(karin):
        row = Communication.objects.get()
        assert "text stays" in row.body
        assert len(row.subject) <= 200
        assert row.happened_at <= NOW
    for address in ("", "communication/", f"communication/{row.public_id}/", "history/"):
        response = browser.get(f"/matters/{matter.public_id}/{address}")
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()


def test_a_forged_sender_is_shown_as_a_claim(karin: User, matter: Matter, browser: Client) -> None:
    filed = put(karin, matter, mails.HOSTILE["script in headers"])
    page = browser.get(f"/matters/{matter.public_id}/communication/{filed.communication.public_id}/").content.decode()
    assert "From (as stated)" in page
    assert escape('"<script>alert(1)</script>" <a@b.example>') in page


def test_what_is_no_mail_is_refused_in_words(karin: User, matter: Matter) -> None:
    with pytest.raises(NotAMail):
        put(karin, matter, mails.PDF, name="judgment.pdf")
    with pytest.raises(FilesRefused, match="not a text file"):
        put(karin, matter, b"MZ\0\0\0", name="virus.eml")
    with pytest.raises(FilesRefused, match="empty"):
        put(karin, matter, b"", name="empty.eml")
    with pytest.raises(MailTooLarge):
        put(karin, matter, b"a" * (eml.MOST_BYTES + 1))


def test_the_form_files_it_and_says_what_is_wrong(matter: Matter, browser: Client) -> None:
    address = f"/matters/{matter.public_id}/communication/mail/"
    once = browser.get(address).context["form"]["once"].value()
    wrong = browser.post(address, {"once": once, "direction": "in", "mail": named("x.pdf", mails.PDF)})
    assert wrong.status_code == 422
    assert "Choose an e-mail saved as an .eml file." in wrong.content.decode()
    raw = mails.with_attachment()
    right = browser.post(address, {"once": once, "direction": "in", "mail": named("x.eml", raw)})
    assert right.status_code == 302
    again = browser.post(address, {"once": once, "direction": "in", "mail": named("x.eml", raw)})
    assert again["Location"] == right["Location"]
    other = browser.post(address, {"once": once, "direction": "in", "mail": named("y.eml", mails.html_only())})
    assert other.status_code == 422
    assert "This form was used before" in other.content.decode()
    fresh = other.context["form"]["once"].value()
    assert fresh != once
    filed = browser.post(address, {"once": fresh, "direction": "in", "mail": named("y.eml", mails.html_only())})
    assert filed["Location"] != right["Location"]


def named(name: str, content: bytes) -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file


SLOW = {
    "nested markup": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 90_000 + b"text stays",
    "nested links": b"Content-Type: text/html\r\n\r\n" + b"<a><div>" * 50_000 + b"text stays",
    "a subject of many words": b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\ntext stays",
    "a hundred thousand recipients": b"To: " + b"a@b.example, " * 100_000 + b"\r\n\r\ntext stays",
    "parameters": b"Content-Type: text/plain; " + b"a=b; " * 100_000 + b"\r\n\r\ntext stays",
}


@pytest.mark.parametrize("raw", SLOW.values(), ids=SLOW.keys())
def test_no_mail_holds_up_the_server(raw: bytes) -> None:
    begun = time.process_time()
    assert "text stays" in eml.read(raw).text
    assert time.process_time() - begun < 5
