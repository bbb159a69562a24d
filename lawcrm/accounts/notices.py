"""Mail to staff about their own accounts; the outbox keeps ids, the words and links are made as it is sent."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from lawcrm import outbox
from lawcrm.accounts import leaving, links
from lawcrm.accounts.models import LeavingRecord, User
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.firm import Firm
from lawcrm.models.outbox import OutboxMessage

INVITATION, PASSWORD_LINK, CHANGED = "accounts.invitation", "accounts.password_link", "accounts.changed"
HANDED_OVER = "accounts.handed_over"


def register() -> None:
    for name, compose in ((INVITATION, _invitation), (PASSWORD_LINK, _password_link), (CHANGED, _changed)):
        outbox.kind(name, policy=outbox.RESEND, compose=compose, may_send=is_active)
    outbox.kind(HANDED_OVER, policy=outbox.RESEND, compose=_handed_over, may_send=is_at_work)


def invitation(user: User, now: datetime) -> None:
    _put(INVITATION, user, f"{now:%Y%m%dt%H%M%S}")


def password_link(user: User, now: datetime) -> None:
    _put(PASSWORD_LINK, user, f"{now:%Y%m%dt%H%M%S}")


def changed(user: User, what: str, now: datetime) -> None:
    """Tell the person what was changed ("password", "second_factor", "recovery"), in case it was not them."""
    _put(CHANGED, user, f"{what}:{now:%Y%m%dt%H%M%S}")


def handed_over(to: User, record: LeavingRecord, now: datetime) -> None:
    """Tell the successor how much is theirs now; what it is they see when they sign in."""
    if sum(record.record["counts"].values()):
        outbox.put(kind=HANDED_OVER, recipient=outbox.staff(to.pk), thing_id=record.pk, not_before=now)


def _handed_over(message: OutboxMessage) -> Mail:
    user = User.objects.get(pk=message.recipient_id)
    record = LeavingRecord.objects.select_related("user").get(pk=message.thing_id)
    duties = [
        (burden.words, record.record["counts"].get(burden.code, 0)) for burden in leaving.burdens() if burden.is_duty
    ]
    facts = {"leaver": record.user.full_name, "duties": duties, "link": settings.SITE_URL + reverse("today")}
    return mail(user, "handed_over", facts)


def _put(kind: str, user: User, occasion: str) -> None:
    outbox.put(kind=kind, recipient=outbox.staff(user.pk), thing_id=user.pk, dedupe=occasion)


def is_active(message: OutboxMessage) -> bool:
    return User.objects.filter(pk=message.recipient_id, is_active=True).exists()


def is_at_work(message: OutboxMessage) -> bool:
    return reader_of(message) is not None


def reader_of(message: OutboxMessage) -> User | None:
    """Whom a mail about the firm's work goes to; nobody once the account is closed or its last day is over.

    Asked at this moment, because the job that closes ended accounts comes up to an hour later.
    """
    person = User.objects.filter(pk=message.recipient_id, is_active=True).first()
    return None if person is None or person.has_ended else person


def _invitation(message: OutboxMessage) -> Mail:
    return _with_link(message, "invitation", "invitation")


def _password_link(message: OutboxMessage) -> Mail:
    return _with_link(message, "password_link", "reset")


def _with_link(message: OutboxMessage, name: str, purpose: str) -> Mail:
    user = User.objects.get(pk=message.recipient_id)
    link = settings.SITE_URL + reverse("accounts:password_link", args=[links.make(user, purpose)])
    return mail(user, name, {"link": link})


def _changed(message: OutboxMessage) -> Mail:
    user = User.objects.get(pk=message.recipient_id)
    what = message.dedupe.partition(":")[0]
    return mail(user, "changed", {"what": what, "link": settings.SITE_URL + reverse("accounts:sessions")})


def mail(user: User, name: str, facts: dict[str, Any], to: str = "") -> Mail:
    """The template's first line is the subject; it goes to the person's own address unless another is named."""
    firm = Firm.known_name()
    with translation.override(user.interface_language):
        text = render_to_string(f"mail/accounts/{name}.txt", {"person": user.full_name, "firm": firm, **facts})
    subject, _blank, body = text.strip().partition("\n")
    return Mail(to=to or user.email, to_name=user.full_name, subject=subject.strip(), text=body.strip() + "\n")
