"""A real SMTP server on loopback that can refuse, reject and drop."""

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.ports import free_port


@dataclass
class Post:
    """What the server took, and how it behaves: modes are used up in order, then it accepts."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    dialogues: int = 0

    def next_mode(self) -> str:
        return self.modes.pop(0) if self.modes else "accept"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(e.content, policy=policy.default) for e in self.envelopes]  # type: ignore[arg-type,misc]

    @property
    def times_taken(self) -> Counter[str]:
        return Counter(str(mail["Message-ID"]) for mail in self.mails)


class Handler:
    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.post.dialogues += 1
        mode = self.post.next_mode()
        session.mode = mode  # type: ignore[attr-defined]
        if mode == "drop-before":
            server.transport.close()
            return "250 OK"
        if mode.startswith("rcpt-"):
            return f"{mode.removeprefix('rcpt-')} no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mode = session.mode  # type: ignore[attr-defined]
        if mode.startswith("data-"):
            return f"{mode.removeprefix('data-')} no"
        if mode == "drop-untaken":
            server.transport.close()
            return "250 OK"
        self.post.envelopes.append(envelope)
        if mode == "hang":
            await asyncio.sleep(60)
        if mode == "drop-after":
            server.transport.close()
        return "250 OK"


class Server(Controller):
    def factory(self) -> Any:
        return SMTP(self.handler, hostname="sink.test")


@contextlib.contextmanager
def mail_server() -> Iterator[Post]:
    post = Post()
    for attempt in itertools.count():
        server = Server(Handler(post), hostname="127.0.0.1", port=free_port())
        try:
            server.start()
            break
        except OSError:
            if attempt > 3:
                raise
    post.port = server.port
    try:
        yield post
    finally:
        server.stop()


def options(port: int) -> dict[str, Any]:
    """MAILERS for a server on this port of the loopback."""
    backend = "django.core.mail.backends.smtp.EmailBackend"
    return {"default": {"BACKEND": backend, "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5}}}
