"""The door for mail going out: one recipient per mail, and an outcome that tells refused from unknown."""

import email.policy
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EXTRA_HEADERS = frozenset({"List-Unsubscribe", "List-Unsubscribe-Post", "In-Reply-To", "References", "Auto-Submitted"})
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@,;:<>()\[\]\\\"]{1,253}")
MIME = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
CLOSING = 421  # RFC 5321: the service closes the channel
GO_AHEAD = 354
ACCEPTED = 250
PERMANENT = 500


class UnfitMail(ValueError):
    """The mail cannot be written as one safe message to one recipient."""


class NoMailServer(OSError):
    """MAILERS names something else than an SMTP server; mail waits until it does."""


class Outcome(StrEnum):
    SENT = "sent"
    REFUSED = "refused"  # not taken, may be tried again: 4xx, no connection
    REJECTED = "rejected"  # not taken for good: 5xx
    UNKNOWN = "unknown"  # text was handed over and no answer came


@dataclass(frozen=True)
class Delivery:
    outcome: Outcome
    code: str = ""  # "smtp-550" or the class of the error; never the server's words, which repeat the address


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    mime: str = "application/octet-stream"


@dataclass(frozen=True)
class Mail:
    """A mail to one address; `html` is an alternative to the text, never instead of it."""

    to: str
    subject: str
    text: str
    html: str = ""
    to_name: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


def address(value: str, name: str = "") -> Address:
    """One address and nothing else; a list, a comment or a line break is refused."""
    user, _at, domain = value.rpartition("@")
    if not ADDRESS.fullmatch(value) or CONTROL.search(name):
        raise UnfitMail(_("This is not a single e-mail address."))
    try:
        return Address(display_name=name, username=user, domain=punycode(domain))
    except (ValueError, IndexError) as error:
        raise UnfitMail(_("This is not a single e-mail address.")) from error


def is_address(value: str) -> bool:
    try:
        address(value)
    except UnfitMail:
        return False
    return True


def sender() -> Address:
    name, _open, spec = settings.DEFAULT_FROM_EMAIL.rpartition("<")
    return address(spec.rstrip(">").strip(), name.strip().strip('"'))


def build(mail: Mail, *, message_id: str) -> EmailMessage:
    """The message as it goes on the wire; raises UnfitMail."""
    if CONTROL.search(mail.subject) or not mail.headers.keys() <= EXTRA_HEADERS:
        raise UnfitMail(_("A subject is one line, and only known headers may be added."))
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = sender()
    message["To"] = address(mail.to, mail.to_name)
    message["Subject"] = mail.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = message_id
    if mail.reply_to:
        message["Reply-To"] = address(mail.reply_to)
    for name, value in {"Auto-Submitted": "auto-generated", **mail.headers}.items():
        if CONTROL.search(value):
            raise UnfitMail(_("A header is one line."))
        message[name] = value
    _add_content(message, mail)
    return message


def _add_content(message: EmailMessage, mail: Mail) -> None:
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        if not MIME.fullmatch(attachment.mime):
            raise UnfitMail(_("An attachment's type is not one."))
        main, _slash, sub = attachment.mime.partition("/")
        name = CONTROL.sub("", attachment.name)
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=name)


class PostOffice:
    """A connection to the mail server that is opened when first needed and again after a failure."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def send(self, mail: Mail, *, message_id: str) -> Delivery:
        """Hand one mail over. Raises UnfitMail before anything is said to the server."""
        return self.post(build(mail, message_id=message_id))

    def post(self, message: EmailMessage) -> Delivery:
        """Hand over a message that `build` has made."""
        envelope = message["To"].addresses[0].addr_spec
        try:
            return self._hand_over(envelope, message.as_bytes())
        except _Answered as answer:
            return self._after(answer.code)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Delivery(Outcome.REFUSED, type(error).__name__)

    def _hand_over(self, envelope: str, content: bytes) -> Delivery:
        server = self._open()
        _expect(server.mail(sender().addr_spec), ACCEPTED)
        _expect(server.rcpt(envelope), ACCEPTED)
        _expect(server.docmd("DATA"), GO_AHEAD)
        try:
            server.send(_stuffed(content))
            code, _words = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Delivery(Outcome.UNKNOWN, type(error).__name__)
        return Delivery(Outcome.SENT) if code == ACCEPTED else self._after(code)

    def _after(self, code: int) -> Delivery:
        """What a refusal means; the connection is fit for the next mail only after a reset."""
        try:
            if code == CLOSING or self._server is None or self._server.rset()[0] != ACCEPTED:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()
        return Delivery(Outcome.REJECTED if code >= PERMANENT else Outcome.REFUSED, f"smtp-{code}")

    def _open(self) -> smtplib.SMTP:
        if self._server is not None and _answers(self._server):
            return self._server
        self.close()
        self._server = _connected(settings.MAILERS["default"])
        return self._server


class _Answered(Exception):
    """The server said something else than hoped for, before it had the text."""

    def __init__(self, code: int) -> None:
        self.code = code


def _expect(reply: tuple[int, bytes], wanted: int) -> None:
    if reply[0] != wanted:
        raise _Answered(reply[0])


def _answers(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == ACCEPTED
    except (OSError, smtplib.SMTPException):
        return False


def _connected(mailer: dict[str, Any]) -> smtplib.SMTP:
    if mailer["BACKEND"] != SMTP_BACKEND:
        raise NoMailServer(mailer["BACKEND"])
    options = mailer["OPTIONS"]
    timeout = options.get("timeout") or 15
    if options.get("use_ssl"):
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            options["host"], options.get("port") or 465, timeout=timeout, context=context
        )
    else:
        server = smtplib.SMTP(options["host"], options.get("port") or 25, timeout=timeout)
    try:
        _introduce(server, options)
    except BaseException:
        server.close()
        raise
    return server


def _introduce(server: smtplib.SMTP, options: dict[str, Any]) -> None:
    if options.get("use_tls"):
        server.starttls(context=ssl.create_default_context())
    server.ehlo_or_helo_if_needed()
    if options.get("username"):
        server.login(options["username"], options["password"])


def _stuffed(content: bytes) -> bytes:
    """RFC 5321, 4.5.2: a leading dot is doubled, a line with a single dot ends the text."""
    ending = b"" if content.endswith(b"\r\n") else b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", content) + ending + b".\r\n"
