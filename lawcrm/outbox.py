"""Everything told to somebody outside: queued with the change that causes it, claimed, sent, confirmed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import access, audit, jobs
from lawcrm.doors.safe_mail import Delivery, Mail, Outcome, PostOffice, UnfitMail, build
from lawcrm.models.firm import Firm
from lawcrm.models.outbox import OutboxMessage

if TYPE_CHECKING:
    from lawcrm.accounts.models import User

State = OutboxMessage.State
LEASE = timedelta(minutes=5)
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
MOST_ATTEMPTS = 20  # some three days with the waits above
# Whatever lies further ahead was written while the clock was ahead, and is over now that it has been put right.
LONGEST_WAIT, LONGEST_LEASE = BACKOFF[-1] + timedelta(hours=1), 2 * LEASE
MOST_RESENDS = 4
RESTORED = "restored"


class Policy(StrEnum):
    """What follows when it is unknown whether a message was taken."""

    RESEND = "resend"  # a loss is worse than a duplicate: again, with the same Message-ID
    HOLD = "hold"  # a duplicate is worse: it waits for a person


RESEND, HOLD = Policy.RESEND, Policy.HOLD


class UnknownKind(LookupError):
    """No app has registered this kind of message."""


class MayNot(Exception):
    """Raised by a kind's `may_send`: the message must not go out now, with the reason as a code."""


class AlreadySettled(Exception):
    """Somebody or something else has decided about this message meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("This message has been settled meanwhile."))


@dataclass(frozen=True)
class Recipient:
    """Whom to tell, by reference: a member of staff or a contact point."""

    type: str
    id: int


def staff(user_id: int) -> Recipient:
    return Recipient("staff", user_id)


def contact_point(point_id: int) -> Recipient:
    return Recipient("contact_point", point_id)


@dataclass(frozen=True)
class Kind:
    """`may_send` answers True or the message is cancelled; `compose` builds it from ids. Both run as it is sent."""

    name: str
    policy: Policy
    compose: Callable[[OutboxMessage], Mail]
    may_send: Callable[[OutboxMessage], bool]


_kinds: dict[str, Kind] = {}


def kind(
    name: str,
    *,
    policy: Policy,
    compose: Callable[[OutboxMessage], Mail],
    may_send: Callable[[OutboxMessage], bool],
) -> None:
    """Register a kind of message; called in an app's `ready()`."""
    _kinds[name] = Kind(name, policy, compose, may_send)


def kind_of(name: str) -> Kind:
    if name not in _kinds:
        raise UnknownKind(name)
    return _kinds[name]


def put(  # noqa: PLR0913 - the parts of the key are words of their own
    *,
    kind: str,
    recipient: Recipient,
    thing_id: int,
    dedupe: str = "",
    not_before: datetime | None = None,
    matter_id: int | None = None,
    contact_id: int | None = None,
    anew: bool = False,
) -> OutboxMessage:
    """Queue a message in the caller's transaction; asking again for the same one changes nothing.

    `not_before` lies at most LONGEST_WAIT ahead: the outbox waits for servers, not for days. `anew`: what was
    withdrawn before it was sent is wanted after all, as by somebody to whom a thing has come back.
    """
    moment = not_before or timezone.now()
    message, created = OutboxMessage.objects.get_or_create(
        kind=kind_of(kind).name,
        thing_id=thing_id,
        recipient_type=recipient.type,
        recipient_id=recipient.id,
        dedupe=dedupe,
        defaults={"not_before": moment, "matter_id": matter_id, "contact_id": contact_id},
    )
    if created or (anew and _take_back(message, moment)):
        jobs.after_commit("lawcrm.send_outbox")
    return message


def _take_back(withdrawn: OutboxMessage, not_before: datetime) -> bool:
    """It keeps its Message-ID: if a server had it after all, the receiving one can tell."""
    rows = OutboxMessage.objects.filter(pk=withdrawn.pk, state=State.CANCELLED)
    return bool(rows.update(state=State.QUEUED, reason="", attempts=0, not_before=not_before))


def cancel(messages: QuerySet[OutboxMessage], *, reason: str) -> int:
    """Withdraw what has not been sent: the thing is settled, or its person is erased."""
    return messages.filter(state__in=[State.QUEUED, State.UNCONFIRMED, State.FAILED]).update(
        state=State.CANCELLED, reason=reason
    )


def send_due(now: datetime, *, seconds: float = 45) -> int:
    """Send what is due, one claim at a time, for at most so many seconds; answers how many were settled."""
    find_unconfirmed(now)
    requeue_unconfirmed(now)
    started, settled = time.monotonic(), 0
    with PostOffice() as office:
        while (passed := time.monotonic() - started) < seconds:
            moment = now + timedelta(seconds=passed)
            message = claim(moment)
            if message is None:
                break
            settled += send_claimed(message.pk, office, moment)
    return settled


def waits(now: datetime) -> bool:
    return _due(now).exists()


def _due(now: datetime) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(_waited(now), state=State.QUEUED)


def _waited(now: datetime) -> Q:
    return Q(not_before__lte=now) | Q(not_before__gt=now + LONGEST_WAIT)


@transaction.atomic
def claim(now: datetime) -> OutboxMessage | None:
    """Take one due message for ourselves, committed before anything is said to a server."""
    if Firm.holds_mail():
        return None
    message = _due(now).order_by("not_before", "pk").select_for_update(skip_locked=True).first()
    if message is not None:
        message.state, message.lease_until, message.attempts = State.CLAIMED, now + LEASE, message.attempts + 1
        message.save(update_fields=["state", "lease_until", "attempts"])
    return message


@transaction.atomic
def send_claimed(message_id: int, office: PostOffice, now: datetime) -> bool:
    """Check, compose, send and confirm while the row is locked.

    Whatever `may_send` locks stays locked until the mail is out. A crash leaves the claim,
    whose lease runs out: nobody can tell then whether the mail was taken.
    """
    # Waiting, not skipping: another claim holds this row for a moment while it finds it taken already.
    message = OutboxMessage.objects.select_for_update().filter(pk=message_id, state=State.CLAIMED).first()
    if message is None:
        return False
    try:
        with transaction.atomic():
            letter = _permitted(message)
    except MayNot as refusal:
        settle(message, State.CANCELLED, str(refusal) or "not-allowed")
    except UnfitMail:
        settle(message, State.FAILED, "unfit-mail")
    except Exception as error:  # noqa: BLE001 - a message that cannot be built must not stop the others
        retry(message, f"compose-{type(error).__name__}", now)
    else:
        conclude(message, office.post(letter), now)
    return True


def _permitted(message: OutboxMessage) -> EmailMessage:
    rule = kind_of(message.kind)
    if rule.may_send(message) is not True:
        raise MayNot("not-allowed")
    return build(rule.compose(message), message_id=message.message_id)


def conclude(message: OutboxMessage, delivery: Delivery, now: datetime) -> None:
    """4xx or no connection: later. 5xx: failed. No answer after the text: unconfirmed."""
    if delivery.outcome is Outcome.SENT:
        message.sent_at = now
        settle(message, State.SENT)
    elif delivery.outcome is Outcome.REFUSED:
        retry(message, delivery.code, now)
    elif delivery.outcome is Outcome.REJECTED:
        settle(message, State.FAILED, delivery.code)
    else:
        message.not_before = now + wait_after(message.attempts)
        settle(message, State.UNCONFIRMED, delivery.code)


def settle(message: OutboxMessage, state: OutboxMessage.State, reason: str = "") -> None:
    message.state, message.reason, message.lease_until = state, reason[:60], None
    message.save(update_fields=["state", "reason", "lease_until", "not_before", "sent_at"])


def retry(message: OutboxMessage, reason: str, now: datetime) -> None:
    message.not_before = now + wait_after(message.attempts)
    settle(message, State.QUEUED if message.attempts < MOST_ATTEMPTS else State.FAILED, reason)


def wait_after(attempts: int) -> timedelta:
    return BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]


@transaction.atomic
def find_unconfirmed(now: datetime) -> int:
    """Claims whose holder died: it is unknown whether the mail was taken. One being sent is locked and left alone."""
    over = Q(lease_until__lt=now) | Q(lease_until__gt=now + LONGEST_LEASE)
    expired = OutboxMessage.objects.filter(over, state=State.CLAIMED)
    lost = list(expired.select_for_update(skip_locked=True))
    for message in lost:
        message.not_before = now + wait_after(message.attempts)
        settle(message, State.UNCONFIRMED, "lease-expired")
    return len(lost)


@transaction.atomic
def requeue_unconfirmed(now: datetime) -> int:
    """Send again what must not be lost, a bounded number of times; the rest waits for a person."""
    resent = [name for name, rule in _kinds.items() if rule.policy is Policy.RESEND]
    waiting = OutboxMessage.objects.filter(
        _waited(now), state=State.UNCONFIRMED, kind__in=resent, attempts__lte=MOST_RESENDS
    ).exclude(reason=RESTORED)
    chosen = waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)
    return OutboxMessage.objects.filter(pk__in=list(chosen)).update(state=State.QUEUED)


def resend(*, actor: "User", message: OutboxMessage, now: datetime) -> None:
    """A person has decided that an unconfirmed or failed message goes out again. Raises AlreadySettled."""
    _decide(message, State.QUEUED, {"not_before": now, "attempts": 0, "reason": ""}, "outbox.resent", actor)
    jobs.after_commit("lawcrm.send_outbox")


def give_up(*, actor: "User", message: OutboxMessage) -> None:
    """A person has decided that an unconfirmed or failed message is not sent again. Raises AlreadySettled."""
    _decide(message, State.CANCELLED, {"reason": "given-up"}, "outbox.given_up", actor)


@transaction.atomic
def _decide(
    message: OutboxMessage, state: OutboxMessage.State, changes: dict[str, object], event: str, actor: "User"
) -> None:
    open_still = OutboxMessage.objects.filter(pk=message.pk, state__in=[State.UNCONFIRMED, State.FAILED])
    with access.as_system("whoever decides about mail need not see what it is about"):
        changed = open_still.update(state=state, **changes)
    if not changed:
        raise AlreadySettled
    audit.record(event, message, message_kind=message.kind, attempts=message.attempts, decided_by=actor.pk)


def hold_after_restore() -> int:
    """A restored outbox does not resend by itself: what was queued may have been sent after the backup."""
    open_rows = OutboxMessage.objects.filter(state__in=[State.QUEUED, State.CLAIMED, State.UNCONFIRMED])
    return open_rows.update(state=State.UNCONFIRMED, lease_until=None, reason=RESTORED)
