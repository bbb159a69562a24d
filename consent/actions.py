"""Recording consents and their withdrawal, and the words people are asked with."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Contact, ContactPoint
from consent.models import Consent, ConsentEvent, Purpose, Wording
from lawcrm import access, audit, outbox
from lawcrm.accounts.models import User

CONFIRMATION = "consent.confirmation"


class ConsentRefused(Exception):
    """A consent cannot be recorded; the sentence says why."""


@transaction.atomic
def record_consent(  # noqa: PLR0913 - what Art. 7 (1) GDPR wants to be shown
    *,
    actor: User,
    contact: Contact,
    wording: Wording,
    channel: str,
    happened_at: datetime,
    evidence: str,
    now: datetime,
) -> Consent:
    """Take down that a person agreed, in which words, when, how and where the proof is (Art. 7 (1) GDPR)."""
    if happened_at > now:
        raise ConsentRefused(_("This lies in the future. A consent is recorded after it was given."))
    if wording.purpose.basis != Purpose.Basis.CONSENT or not wording.purpose.is_active:
        raise ConsentRefused(_("This purpose does not rest on consent, or is no longer in use."))
    consent = _locked(contact, wording.purpose, happened_at)
    latest = consent.events.order_by("-happened_at", "-pk").first()
    if latest is not None and latest.happened_at > happened_at:
        raise ConsentRefused(_("Something later is recorded already. Record consents in the order they were given."))
    _add_event(
        consent,
        ConsentEvent(
            kind=ConsentEvent.Kind.GIVEN,
            wording=wording,
            channel=channel,
            happened_at=happened_at,
            evidence=evidence,
            recorded_by=actor,
        ),
    )
    audit.record("consent.given", consent, channel=channel, purpose_id=wording.purpose_id)
    return consent


@transaction.atomic
def withdraw_consent(*, actor: User, consent: Consent, channel: str, evidence: str, now: datetime) -> None:
    """A person told the firm that they no longer agree."""
    _withdraw(consent, channel, evidence, now, actor)


@transaction.atomic
def withdraw_by_link(*, consent: Consent, now: datetime) -> None:
    """The person pressed the button behind the link in a message; again changes nothing (Art. 7 (3) GDPR)."""
    with access.as_system("withdrawal by link", source="link"):
        _withdraw(consent, ConsentEvent.Channel.LINK, "", now, None)


def _withdraw(consent: Consent, channel: str, evidence: str, now: datetime, actor: User | None) -> None:
    consent = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if consent.state == Consent.State.WITHDRAWN:
        return
    withdrawn = ConsentEvent(
        kind=ConsentEvent.Kind.WITHDRAWN, channel=channel, happened_at=now, evidence=evidence, recorded_by=actor
    )
    _add_event(consent, withdrawn)
    audit.record("consent.withdrawn", consent, channel=channel, purpose_id=consent.purpose_id)


def _locked(contact: Contact, purpose: Purpose, at: datetime) -> Consent:
    """The one row per contact and purpose, made at first need: of many at once, one makes it."""
    defaults = {"state": Consent.State.GIVEN, "changed_at": at}
    consent, _made = Consent.objects.get_or_create(contact=contact, purpose=purpose, defaults=defaults)
    return Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)


def _add_event(consent: Consent, event: ConsentEvent) -> None:
    event.consent, event.contact_id = consent, consent.contact_id
    event.save()
    consent.state, consent.changed_at = event.kind, event.happened_at
    consent.save()


def send_confirmation(*, consent: Consent, point: ContactPoint) -> None:
    """Tell the person what was recorded, with the link that withdraws it."""
    outbox.put(
        kind=CONFIRMATION,
        recipient=outbox.contact_point(point.pk),
        thing_id=consent.pk,
        dedupe=str(consent.events.count()),
        contact_id=consent.contact_id,
    )


@transaction.atomic
def add_wording(*, actor: User, purpose: Purpose, language: str, text: str, now: datetime) -> Wording:
    """A new version in one language; the old ones stay, because consents point at them."""
    del actor  # the journal names the viewer
    Purpose.objects.select_for_update(of=("self",)).get(pk=purpose.pk)
    last = Wording.objects.filter(purpose=purpose, language=language).order_by("-version").first()
    wording = Wording.objects.create(
        purpose=purpose, language=language, version=last.version + 1 if last else 1, text=text, valid_from=now
    )
    audit.record("wording.added", wording, language=language, version=wording.version)
    return wording


@transaction.atomic
def add_purpose(*, actor: User, code: str, name: str, basis: str) -> Purpose:
    del actor
    purpose = Purpose.objects.create(code=code, name=name, basis=basis)
    audit.record("purpose.added", purpose, basis=basis)
    return purpose
