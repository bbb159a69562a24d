"""What people agreed to, and in which words they are asked."""

from dataclasses import dataclass, field

from django.db.models import QuerySet

from clients.models import Contact
from consent.models import Consent, ConsentEvent, Purpose, Wording
from lawcrm.prepared import Prepared


@dataclass
class Standing:
    """One consent of a contact with its events, latest first."""

    consent: Consent
    purpose: Purpose
    events: list[ConsentEvent] = field(default_factory=list)


def purposes_by_consent() -> QuerySet[Purpose]:
    return Purpose.objects.filter(is_active=True, basis=Purpose.Basis.CONSENT).order_by("name")


def current_wordings() -> list[Wording]:
    """The latest version of each purpose in each language, purposes in use only."""
    latest = Wording.objects.filter(purpose__in=purposes_by_consent()).select_related("purpose")
    return list(latest.order_by("purpose", "language", "-version").distinct("purpose", "language"))


def standing_of(contact: Contact) -> list[Standing]:
    """Every consent of the contact, with what led to it; two queries however many."""
    standing = {consent.pk: Standing(consent, consent.purpose) for consent in _CONSENTS.ask(contact=contact.pk)}
    for event in _EVENTS.ask(contact=contact.pk):
        standing[event.consent_id].events.append(event)
    return list(standing.values())


def _consents(*, contact: int) -> QuerySet[Consent]:
    return Consent.objects.filter(contact=contact).select_related("purpose").order_by("purpose__name")


def _events(*, contact: int) -> QuerySet[ConsentEvent]:
    rows = ConsentEvent.objects.filter(contact=contact).select_related("wording", "recorded_by")
    return rows.order_by("-happened_at", "-pk")


_CONSENTS, _EVENTS = Prepared(_consents), Prepared(_events)


def agrees(contact: Contact, purpose: Purpose) -> bool:
    """Whether the contact agrees now; nothing recorded means no."""
    return Consent.objects.filter(contact=contact, purpose=purpose, state=Consent.State.GIVEN).exists()
