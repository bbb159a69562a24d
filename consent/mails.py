"""Mail about a consent: what was recorded, and how to withdraw it."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from clients.models import ContactPoint
from consent.links import withdrawal_url
from consent.models import Consent, ConsentEvent
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.outbox import OutboxMessage


def may_send(message: OutboxMessage) -> bool:
    """Only while the consent stands, and only to an address the contact still has."""
    consent = Consent.objects.select_for_update(of=("self",)).filter(pk=message.thing_id).first()
    if consent is None or consent.state != Consent.State.GIVEN:
        return False
    contact = consent.contact
    address = ContactPoint.objects.filter(pk=message.recipient_id, contact_id=consent.contact_id, kind="email")
    return contact.restricted_at is None and contact.quarantined_at is None and address.exists()


def compose(message: OutboxMessage) -> Mail:
    consent = Consent.objects.select_related("purpose").get(pk=message.thing_id)
    given = consent.events.filter(kind=ConsentEvent.Kind.GIVEN).select_related("wording").order_by("-happened_at")[0]
    point = ContactPoint.objects.get(pk=message.recipient_id)
    with translation.override(given.wording.language if given.wording else "en"):
        text = render_to_string(
            "mail/consent/confirmation.txt",
            {"event": given, "purpose": consent.purpose, "url": withdrawal_url(consent.public_id)},
        )
        return Mail(to=point.value, subject=_("Your consent"), text=text)
