"""Mail about what nobody can hand over any more: how much waits, never what."""

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from lawcrm import access, audit, outbox
from lawcrm.accounts.models import User
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.firm import Firm
from lawcrm.models.outbox import OutboxMessage
from matters.models import Party, Takeover
from matters.queries import takeover as queries

WAITS, ASKED = "matters.takeover_waits", "matters.takeover_asked"


def register() -> None:
    outbox.kind(WAITS, policy=outbox.RESEND, compose=_waits, may_send=_still_waits)
    outbox.kind(ASKED, policy=outbox.RESEND, compose=_asked, may_send=_still_asked)
    audit.subscribe("accounts.access_ended", tell_partners)
    audit.subscribe("contact.wall_raised", tell_of_wall)
    audit.subscribe("wall.begun", tell_of_wall)
    audit.subscribe("wall.changed", tell_of_wall)


def tell_partners(event: audit.Event) -> None:
    """When somebody has left and something of theirs waits."""
    _tell({event.object.pk})


def tell_of_wall(event: audit.Event) -> None:
    """A wall around a client may shut out everybody who leads a matter that whoever raised it does not see."""
    contact_id = getattr(event.object, "contact_id", None)
    with access.as_system("whom a wall shuts out of what they lead"):
        clients = Party.objects.filter(contact=contact_id or 0, role=Party.Role.CLIENT)
        closed = [*clients.values_list("matter_id", flat=True)]  # asked first: else every matter is looked at
        shut_out = {*queries.waiting().filter(pk__in=closed).values_list("responsible", flat=True)}
    _tell(shut_out, dedupe=timezone.localdate().isoformat())


def _tell(leavers: set[int], dedupe: str = "") -> None:
    if not leavers:
        return
    for partner in queries.partners():
        told = {left.leaver_id for left in queries.by_leaver(access.viewer_of(partner).principals)}
        for leaver_id in sorted(told & leavers):
            outbox.put(kind=WAITS, recipient=outbox.staff(partner.pk), thing_id=leaver_id, dedupe=dedupe)


def tell_seconds(takeover: Takeover) -> None:
    for person in _seconds(takeover):
        outbox.put(kind=ASKED, recipient=outbox.staff(person.pk), thing_id=takeover.pk)


def _seconds(takeover: Takeover) -> QuerySet[User]:
    return queries.seconds(takeover.asked_by, takeover.successor, queries.matter_of(takeover))


def _still_waits(message: OutboxMessage) -> bool:
    partner = queries.partners().filter(pk=message.recipient_id).first()
    return partner is not None and bool(queries.by_leaver(access.viewer_of(partner).principals))


def _still_asked(message: OutboxMessage) -> bool:
    with access.as_system("mail about a takeover"):
        takeover = queries.open_ones().filter(pk=message.thing_id).first()
    if takeover is None:
        return False
    return _seconds(takeover).filter(pk=message.recipient_id).exists()


def _waits(message: OutboxMessage) -> Mail:
    left = queries.by_leaver(access.viewer_of(User.objects.get(pk=message.recipient_id)).principals)
    facts = {"matters": sum(one.matters for one in left), "contacts": sum(one.contacts for one in left)}
    return _mail(message, "takeover_waits", facts)


def _asked(message: OutboxMessage) -> Mail:
    return _mail(message, "takeover_asked", {})


def _mail(message: OutboxMessage, name: str, facts: dict[str, int]) -> Mail:
    person = User.objects.get(pk=message.recipient_id)
    link = settings.SITE_URL + reverse("matters:takeovers")
    with translation.override(person.interface_language):
        text = render_to_string(f"mail/matters/{name}.txt", {**facts, "link": link, "firm": Firm.known_name()})
    subject, _blank, body = text.strip().partition("\n")
    return Mail(to=person.email, to_name=person.full_name, subject=subject.strip(), text=body.strip() + "\n")
