"""One recipient per mail, no header but ours, and an outcome that tells refused from unknown."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lawcrm.doors.safe_mail import Attachment, Delivery, Mail, Outcome, PostOffice, UnfitMail, address, build
from tests.lawcrm.mail_server import Post

MESSAGE_ID = "<1@demo.example>"
NASTY = st.text(alphabet=st.sampled_from('ab@,;:<>()[]"\\ \r\n\t\0.å%ıİ\u202e\u2028=?'), max_size=40)


def mail(**changes: Any) -> Mail:
    return Mail(**{"to": "ayse@kontor.example", "subject": "Frist i dag", "text": "Se sagen.\n"} | changes)


def send(mail: Mail) -> Delivery:
    with PostOffice() as office:
        return office.send(mail, message_id=MESSAGE_ID)


def test_a_mail_arrives_as_it_was_written(post: Post) -> None:
    written = mail(
        text="Hej\n.\n..to prikker\nGrüße, İstanbul\n",
        html="<p>Hej</p>",
        to_name='Ayşe "A;B" Yılmaz, Dr.',
        attachments=(Attachment("ændring.pdf", b"%PDF-1.7", "application/pdf"),),
        reply_to="kontor@firm.example",
        headers={"List-Unsubscribe": "<https://firm.example/u/1>"},
    )
    assert send(written) == Delivery(Outcome.SENT)
    (envelope,), (taken,) = post.envelopes, post.mails
    assert envelope.rcpt_tos == ["ayse@kontor.example"]
    assert [a.addr_spec for a in taken["To"].addresses] == ["ayse@kontor.example"]
    assert taken["To"].addresses[0].display_name == 'Ayşe "A;B" Yılmaz, Dr.'
    assert (taken["Cc"], taken["Bcc"], taken["Message-ID"]) == (None, None, MESSAGE_ID)
    body: Any = taken.get_body(("plain",))
    assert body.get_content().replace("\r\n", "\n") == "Hej\n.\n..to prikker\nGrüße, İstanbul\n"
    (attached,) = taken.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("ændring.pdf", b"%PDF-1.7")


@pytest.mark.parametrize(
    "to",
    [
        "a@x.test, evil@x.test",
        "a@x.test;evil@x.test",
        "a@x.test evil@x.test",
        "a@x.test\r\nBcc: evil@x.test",
        "a@x.test\n",
        "<a@x.test>",
        "Ann <a@x.test>",
        "a@x.test(comment)",
        '"a b"@x.test',
        "group:a@x.test;",
        "a@",
        "@x.test",
        "a",
        "",
        "å@x.test",
        "a@x..test\0",
        "a@[127.0.0.1]",
        "a@evil@x.test",
    ],
)
def test_what_is_not_one_address_is_refused(to: str, post: Post) -> None:
    with pytest.raises(UnfitMail):
        send(mail(to=to))
    assert post.dialogues == 0


def test_a_domain_with_letters_of_its_own_is_written_in_ascii() -> None:
    assert address("post@advokatfællesskab.dk").addr_spec == "post@xn--advokatfllesskab-1ob.dk"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "a\r\nBcc: evil@x.test"},
        {"subject": "a\u2028b"},
        {"to_name": "Ann\r\nBcc: evil@x.test"},
        {"reply_to": "a@x.test, b@x.test"},
        {"headers": {"Bcc": "evil@x.test"}},
        {"headers": {"List-Unsubscribe": "<x>\r\nBcc: evil@x.test"}},
    ],
)
def test_no_header_can_be_smuggled_in(changes: dict[str, Any]) -> None:
    with pytest.raises(UnfitMail):
        build(mail(**changes), message_id=MESSAGE_ID)


@given(NASTY, NASTY, NASTY)
@example("a@x.test", "a\rBcc: b@x.test", "s")
def test_whatever_is_typed_one_recipient_or_none(to: str, name: str, subject: str) -> None:
    try:
        message = build(mail(to=to, to_name=name, subject=subject), message_id=MESSAGE_ID)
    except UnfitMail:
        return
    head = message.as_bytes().partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in re.split(rb"\r\n(?![ \t])", head)]
    assert sorted(names).count(b"To") == 1
    assert set(names) <= {
        *(b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted"),
        *(b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding"),
    }
    assert [a.addr_spec for a in message["To"].addresses] == [to]


@pytest.mark.parametrize(
    ("mode", "outcome", "code"),
    [
        ("rcpt-450", Outcome.REFUSED, "smtp-450"),
        ("rcpt-550", Outcome.REJECTED, "smtp-550"),
        ("data-451", Outcome.REFUSED, "smtp-451"),
        ("data-554", Outcome.REJECTED, "smtp-554"),
        ("drop-before", Outcome.REFUSED, "SMTPServerDisconnected"),
        ("drop-untaken", Outcome.UNKNOWN, "SMTPServerDisconnected"),
        ("drop-after", Outcome.UNKNOWN, "SMTPServerDisconnected"),
    ],
)
def test_each_fault_has_its_outcome(mode: str, outcome: Outcome, code: str, post: Post) -> None:
    post.modes = [mode]
    assert send(mail()) == Delivery(outcome, code)


def test_after_a_fault_the_same_connection_or_a_new_one_takes_the_next_mail(post: Post) -> None:
    post.modes = ["rcpt-550", "drop-after", "drop-before", "data-451"]
    with PostOffice() as office:
        outcomes = [office.send(mail(), message_id=f"<{n}@demo.example>").outcome for n in range(6)]
    assert outcomes == ["rejected", "unknown", "refused", "refused", "sent", "sent"]


def test_no_server_at_all_is_refused_and_can_be_tried_again(settings: Any, post: Post) -> None:
    settings.MAILERS["default"]["OPTIONS"]["port"] = 1
    assert send(mail()) == Delivery(Outcome.REFUSED, "ConnectionRefusedError")
