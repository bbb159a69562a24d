"""The demo keeps what it sends and shows it as text, whatever is in it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lawcrm import mail_sink
from lawcrm.doors.safe_mail import Attachment, Mail, Outcome, PostOffice
from tests.lawcrm.mail_server import options
from tests.ports import free_port

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.DEMO = True
    settings.MAIL_SINK_DIR = tmp_path / "mail"
    port = free_port()
    server = mail_sink.controller(settings.MAIL_SINK_DIR, port)
    server.start()
    settings.MAILERS = options(port)
    yield settings.MAIL_SINK_DIR
    server.stop()


def send(**changes: Any) -> None:
    mail = Mail(**{"to": "ida@firm.example", "subject": "Frist i morgen", "text": "Se sagen."} | changes)
    with PostOffice() as office:
        assert office.send(mail, message_id="<1@demo.example>").outcome is Outcome.SENT


def test_a_sent_mail_is_kept_and_read_back(folder: Path) -> None:
    send(
        text="Første linje\n\n.\nhttps://firm.example/x\n",
        attachments=(Attachment("brev.pdf", b"%PDF", "application/pdf"),),
    )
    (listed,) = mail_sink.kept(folder)
    assert (listed.recipient, listed.subject, listed.text) == ("ida@firm.example", "Frist i morgen", "")
    read = mail_sink.one(folder, listed.name)
    assert read is not None
    assert read.text == "Første linje\n\n.\nhttps://firm.example/x\n"
    assert (read.attachments, read.message_id) == (("brev.pdf",), "<1@demo.example>")


@pytest.mark.django_db
def test_the_page_shows_mail_as_text(folder: Path, client: Client) -> None:
    send(subject=SCRIPT, text=f"{SCRIPT} https://firm.example/x", to_name=SCRIPT)
    page = client.get("/demo/mail/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    (link,) = re.findall(r'href="(/demo/mail/[^"]+/)"', page)
    shown = client.get(link).content.decode()
    assert shown.count("&lt;script&gt;alert(1)") >= 3
    assert SCRIPT not in page + shown
    assert '<a href="https://firm.example/x" rel="nofollow">' in shown


@pytest.mark.django_db
def test_an_html_mail_is_shown_as_its_source(folder: Path, client: Client) -> None:
    (folder / f"{1:019}-{'a' * 16}.eml").write_bytes(
        b"Subject: x\nContent-Type: text/html\n\n<img src=https://t.example/>"
    )
    shown = client.get(f"/demo/mail/{1:019}-{'a' * 16}/").content.decode()
    assert "&lt;img src=" in shown
    assert "<img" not in shown


def test_a_mail_the_parser_fails_on_is_shown_raw(folder: Path) -> None:
    (folder / f"{1:019}-{'a' * 16}.eml").write_bytes(b"From: a:;b\n\nbody")
    read = mail_sink.one(folder, f"{1:019}-{'a' * 16}")
    assert read is not None
    assert "body" in read.text
    assert len(mail_sink.kept(folder)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["..", "x", f"{1:019}-{'a' * 16}", "..%2Fsecret"])
def test_no_other_file_is_shown(name: str, folder: Path, client: Client) -> None:
    (folder.parent / "secret.eml").write_text("secret")
    assert client.get(f"/demo/mail/{name}/").status_code == 404


@pytest.mark.django_db
def test_outside_the_demo_there_is_no_such_page(folder: Path, client: Client, settings: Any) -> None:
    send()
    settings.DEMO = False
    name = mail_sink.kept(folder)[0].name
    assert [client.get(url).status_code for url in ("/demo/mail/", f"/demo/mail/{name}/")] == [404, 404]
