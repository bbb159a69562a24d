"""Kinds of messages for tests: recipients are numbered mailboxes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from lawcrm import outbox
from lawcrm.doors.safe_mail import Attachment, Mail
from lawcrm.models.outbox import OutboxMessage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
REMINDER, CAMPAIGN = "test.reminder", "test.campaign"


class Desk:
    """What `may_send` and `compose` of the test kinds look at; changed by a test between queueing and sending."""

    def __init__(self) -> None:
        self.walled: set[int] = set()
        self.broken: set[int] = set()
        self.unfit: set[int] = set()
        self.odd: set[int] = set()
        self.answer: object = True
        self.seconds = 0.0

    def may_send(self, message: OutboxMessage) -> bool:
        if message.thing_id in self.walled:
            raise outbox.MayNot("walled")
        return self.answer  # type: ignore[return-value]

    def compose(self, message: OutboxMessage) -> Mail:
        time.sleep(self.seconds)
        if message.thing_id in self.broken:
            raise LookupError("no such thing")
        if message.thing_id in self.unfit:
            return Mail(to="a@firm.example, b@firm.example", subject="x", text="x")
        if message.thing_id in self.odd:
            return Mail(to="a@firm.example", subject="x", text="x", attachments=(Attachment("x", b"x", "nonsense"),))
        return Mail(to=f"box{message.recipient_id}@firm.example", subject=f"Thing {message.thing_id}", text="Look.")


@contextmanager
def registered() -> Iterator[Desk]:
    desk, before = Desk(), dict(outbox._kinds)
    outbox.kind(REMINDER, policy=outbox.RESEND, compose=desk.compose, may_send=desk.may_send)
    outbox.kind(CAMPAIGN, policy=outbox.HOLD, compose=desk.compose, may_send=desk.may_send)
    try:
        yield desk
    finally:
        outbox._kinds.clear()
        outbox._kinds.update(before)


def put(thing: int = 1, *, kind: str = REMINDER, not_before: datetime = NOW, **more: object) -> OutboxMessage:
    return outbox.put(
        kind=kind,
        recipient=outbox.staff(thing),
        thing_id=thing,
        not_before=not_before,
        **more,  # type: ignore[arg-type]
    )


def states() -> dict[int, str]:
    return dict(OutboxMessage.objects.values_list("thing_id", "state"))
