"""Never lost, never twice by itself, the unknown shown: the outbox against a real mail server with faults."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lawcrm import access, outbox
from lawcrm.accounts.models import User
from lawcrm.models.journal import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from tests.lawcrm.mail_server import Post
from tests.lawcrm.outbox_kinds import CAMPAIGN, NOW, Desk, put, registered, states

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def desk() -> Iterator[Desk]:
    with registered() as desk:
        yield desk


def the_message() -> OutboxMessage:
    return OutboxMessage.objects.get()


def test_a_message_is_sent_once_to_its_one_recipient(post: Post) -> None:
    message = put(7)
    assert outbox.send_due(NOW) == 1
    assert outbox.send_due(NOW + DAY) == 0
    assert [e.rcpt_tos for e in post.envelopes] == [["box7@firm.example"]]
    assert [mail["Message-ID"] for mail in post.mails] == [message.message_id]
    sent = the_message()
    assert (sent.state, sent.attempts, sent.lease_until, sent.reason) == ("sent", 1, None, "")
    assert sent.sent_at is not None
    assert NOW <= sent.sent_at < NOW + MINUTE


def test_asking_twice_for_the_same_queues_one_and_another_occasion_another() -> None:
    assert put(1).pk == put(1).pk
    assert put(1, dedupe="2026-11-21:first").pk != put(1).pk
    assert OutboxMessage.objects.count() == 2


def test_what_was_withdrawn_unsent_goes_out_only_where_it_is_wanted_anew(post: Post) -> None:
    message = put(1)
    outbox.cancel(OutboxMessage.objects.all(), reason="left")
    put(1)
    assert the_message().state == "cancelled"
    put(1, anew=True)
    assert (the_message().state, the_message().reason, the_message().pk) == ("queued", "", message.pk)
    outbox.send_due(NOW)
    put(1, anew=True)
    assert outbox.send_due(NOW + DAY) == 0
    assert [mail["Message-ID"] for mail in post.mails] == [message.message_id]


@pytest.mark.parametrize("dedupe", ["Anna", "a b", "a@x.test", "å"])
def test_an_occasion_cannot_hold_a_name_or_an_address(dedupe: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        put(1, dedupe=dedupe)


def test_a_kind_nobody_registered_is_refused_when_queued() -> None:
    with pytest.raises(outbox.UnknownKind):
        put(1, kind="test.nobody")


def test_a_message_waits_for_its_time(post: Post) -> None:
    put(1, not_before=NOW + outbox.LONGEST_WAIT)
    assert (outbox.send_due(NOW), outbox.send_due(NOW + outbox.LONGEST_WAIT), len(post.mails)) == (0, 1, 1)


@pytest.mark.parametrize("ahead", [outbox.LONGEST_WAIT + MINUTE, 400 * DAY])
@pytest.mark.parametrize("mode", ["accept", "rcpt-451", "drop-after"])
def test_nothing_waits_for_the_day_of_a_clock_that_was_ahead(mode: str, ahead: timedelta, post: Post) -> None:
    """Queued, refused for now or unconfirmed while it was ahead, and tried again once it is put right."""
    put(1, not_before=NOW + ahead)
    if mode != "accept":
        post.modes = [mode]
        outbox.send_due(NOW + ahead)
        assert the_message().not_before > NOW + ahead
    outbox.send_due(NOW)
    assert (the_message().state, post.times_taken[the_message().message_id]) == ("sent", 1 + (mode == "drop-after"))


def test_nor_does_a_claim_whose_holder_died_while_it_was_ahead(post: Post) -> None:
    put(1)
    put(2, kind=CAMPAIGN)
    for _each in range(2):
        outbox.claim(NOW + DAY)
    outbox.send_due(NOW)
    assert states() == {1: "unconfirmed", 2: "unconfirmed"}
    outbox.send_due(NOW + 2 * MINUTE)
    assert (states(), len(post.mails)) == ({1: "sent", 2: "unconfirmed"}, 1)


def test_workers_whose_clocks_differ_by_minutes_leave_each_other_their_claims() -> None:
    put(1)
    assert outbox.claim(NOW + outbox.LEASE) is not None
    assert outbox.find_unconfirmed(NOW) == 0


def test_a_wall_raised_between_queueing_and_sending_stops_the_mail(post: Post, desk: Desk) -> None:
    put(1)
    put(2)
    desk.walled.add(1)
    outbox.send_due(NOW)
    assert (states(), len(post.mails)) == ({1: "cancelled", 2: "sent"}, 1)
    assert OutboxMessage.objects.get(thing_id=1).reason == "walled"


@pytest.mark.parametrize("answer", [False, None, 0, "", "yes", 1])
def test_only_a_plain_yes_lets_a_message_out(answer: object, post: Post, desk: Desk) -> None:
    put(1)
    desk.answer = answer
    outbox.send_due(NOW)
    assert (states(), the_message().reason, post.dialogues) == ({1: "cancelled"}, "not-allowed", 0)


def test_a_message_that_cannot_be_written_waits_and_the_others_go(post: Post, desk: Desk) -> None:
    put(1)
    put(2)
    desk.broken.add(1)
    outbox.send_due(NOW)
    assert (states(), len(post.mails)) == ({1: "queued", 2: "sent"}, 1)
    assert OutboxMessage.objects.get(thing_id=1).reason == "compose-LookupError"
    desk.broken.clear()
    outbox.send_due(NOW + 2 * MINUTE)
    assert states() == {1: "sent", 2: "sent"}


def test_a_mail_unfit_to_be_written_fails_at_once_and_holds_up_nobody(post: Post, desk: Desk) -> None:
    for thing in (1, 2, 3):
        put(thing)
    desk.unfit.add(1)
    desk.odd.add(2)
    outbox.send_due(NOW)
    assert (states(), len(post.mails)) == ({1: "failed", 2: "failed", 3: "sent"}, 1)
    assert OutboxMessage.objects.get(thing_id=1).reason == "unfit-mail"


def test_without_a_mail_server_in_the_settings_mail_waits(settings: Any, post: Post) -> None:
    put(1)
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
    outbox.send_due(NOW)
    assert (states(), the_message().reason) == ({1: "queued"}, "NoMailServer")


def test_a_temporary_refusal_is_tried_again_later_and_later(post: Post) -> None:
    put(1)
    post.modes = ["rcpt-450", "data-451", "drop-before"]
    waits = []
    now = NOW
    for _ in range(3):
        outbox.send_due(now)
        waits.append(round((the_message().not_before - now) / MINUTE))
        assert outbox.send_due(the_message().not_before - MINUTE / 2) == 0
        now = the_message().not_before
    assert waits == [1, 5, 15]
    outbox.send_due(now)
    assert (the_message().state, the_message().attempts, len(post.mails)) == ("sent", 4, 1)


def test_a_server_that_never_takes_it_ends_in_failed(post: Post) -> None:
    put(1)
    post.modes = ["rcpt-450"] * 50
    now = NOW
    for _ in range(30):
        outbox.send_due(now)
        now += timedelta(hours=5)
    assert (the_message().state, the_message().attempts) == ("failed", outbox.MOST_ATTEMPTS)


@pytest.mark.parametrize("mode", ["rcpt-550", "data-554"])
def test_a_final_refusal_fails_and_is_not_tried_again(mode: str, post: Post) -> None:
    put(1)
    post.modes = [mode]
    outbox.send_due(NOW)
    outbox.send_due(NOW + DAY)
    assert (the_message().state, the_message().reason, post.dialogues) == ("failed", f"smtp-{mode[-3:]}", 1)


def test_a_line_cut_after_the_text_leaves_a_campaign_unconfirmed_for_a_person(post: Post) -> None:
    put(1, kind=CAMPAIGN)
    post.modes = ["drop-after"]
    for days in range(3):
        outbox.send_due(NOW + days * DAY)
    assert (the_message().state, len(post.mails)) == ("unconfirmed", 1)


def test_a_line_cut_after_the_text_repeats_a_reminder_with_the_same_message_id(post: Post) -> None:
    message = put(1)
    post.modes = ["drop-after"]
    outbox.send_due(NOW)
    assert (the_message().state, the_message().reason) == ("unconfirmed", "SMTPServerDisconnected")
    outbox.send_due(NOW + MINUTE / 2)
    assert the_message().state == "unconfirmed"
    outbox.send_due(NOW + 2 * MINUTE)
    assert (the_message().state, post.times_taken) == ("sent", {message.message_id: 2})


def test_repeating_a_reminder_has_an_end(post: Post) -> None:
    put(1)
    post.modes = ["drop-after"] * 50
    for hours in range(0, 200, 5):
        outbox.send_due(NOW + timedelta(hours=hours))
    assert (the_message().state, len(post.mails)) == ("unconfirmed", outbox.MOST_RESENDS + 1)


def test_a_claim_whose_holder_died_becomes_unconfirmed_when_the_lease_ends(post: Post) -> None:
    put(1, kind=CAMPAIGN)
    put(2)
    assert outbox.claim(NOW) is not None
    assert outbox.claim(NOW) is not None
    assert outbox.claim(NOW) is None
    outbox.send_due(NOW + outbox.LEASE)
    assert states() == {1: "claimed", 2: "claimed"}
    outbox.send_due(NOW + outbox.LEASE + MINUTE / 6)
    assert states() == {1: "unconfirmed", 2: "unconfirmed"}
    outbox.send_due(NOW + outbox.LEASE + 3 * MINUTE)
    assert (states(), len(post.mails)) == ({1: "unconfirmed", 2: "sent"}, 1)


def test_who_comes_back_after_losing_the_lease_sends_nothing(post: Post) -> None:
    put(1, kind=CAMPAIGN)
    late = outbox.claim(NOW)
    assert late is not None
    outbox.find_unconfirmed(NOW + outbox.LEASE + MINUTE)
    with outbox.PostOffice() as office:
        assert outbox.send_claimed(late.pk, office, NOW) is False
    assert (states(), post.dialogues) == ({1: "unconfirmed"}, 0)


@pytest.fixture
def ann() -> Iterator[User]:
    user = User.objects.create_user("ann@firm.example", full_name="Ann")
    with access.as_user(user):
        yield user


def journal() -> list[tuple[str, int | None, int]]:
    with access.as_system("test"):
        return list(JournalEntry.objects.values_list("kind", "actor_id", "object_id"))


def unconfirmed(post: Post) -> OutboxMessage:
    put(1, kind=CAMPAIGN)
    post.modes = ["drop-after"]
    outbox.send_due(NOW)
    return the_message()


def test_a_person_sends_an_unconfirmed_message_again(post: Post, ann: User) -> None:
    message = unconfirmed(post)
    outbox.resend(actor=ann, message=message, now=NOW + DAY)
    outbox.send_due(NOW + DAY)
    assert (the_message().state, post.times_taken) == ("sent", {message.message_id: 2})
    assert journal() == [("outbox.resent", ann.pk, message.pk)]


def test_a_person_gives_an_unconfirmed_message_up(post: Post, ann: User) -> None:
    message = unconfirmed(post)
    outbox.give_up(actor=ann, message=message)
    assert (the_message().state, the_message().reason) == ("cancelled", "given-up")
    with pytest.raises(outbox.AlreadySettled):
        outbox.resend(actor=ann, message=message, now=NOW)
    assert journal() == [("outbox.given_up", ann.pk, message.pk)]


def test_a_restored_outbox_sends_nothing_by_itself(post: Post) -> None:
    put(1)
    put(2, kind=CAMPAIGN)
    put(3)
    outbox.claim(NOW)
    assert outbox.hold_after_restore() == 3
    for days in range(3):
        outbox.send_due(NOW + days * DAY)
    assert (states(), post.dialogues) == (dict.fromkeys((1, 2, 3), "unconfirmed"), 0)


def test_withdrawing_cancels_what_is_not_sent(post: Post) -> None:
    with access.as_system("test"):
        put(1, matter_id=5)
        outbox.send_due(NOW)
        put(2, matter_id=5)
        put(3, matter_id=6)
        assert outbox.cancel(OutboxMessage.objects.filter(matter_id=5), reason="erased") == 1
        found = states()
    assert found == {1: "sent", 2: "cancelled", 3: "queued"}


def test_the_row_knows_no_address_subject_or_text(post: Post) -> None:
    put(1)
    outbox.send_due(NOW)
    row = " ".join(map(str, OutboxMessage.objects.values_list().get()))
    assert "box1" not in row
    assert "Thing" not in row
    assert "Look" not in row
