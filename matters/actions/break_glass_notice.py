"""Mails about break-glass: who, until when, which number; nothing of what is in the matter."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from lawcrm import outbox
from lawcrm.accounts.models import User
from lawcrm.accounts.notices import reader_of
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.firm import Firm
from lawcrm.models.outbox import OutboxMessage
from matters.models import BreakGlass, BreakGlassRequest, Matter
from matters.queries import break_glass, leading

BEGAN, ASKED = "matters.break_glass_began", "matters.break_glass_asked"


def register() -> None:
    """Told twice is better than not told."""
    outbox.kind(BEGAN, policy=outbox.RESEND, compose=_began, may_send=_concerns)
    outbox.kind(ASKED, policy=outbox.RESEND, compose=_asked, may_send=_still_asked)


def tell_of(glass: BreakGlass, matter: Matter) -> None:
    """The responsible lawyer and every data protection officer, at once."""
    for person in {matter.responsible_id, *break_glass.officers().values_list("pk", flat=True)}:
        outbox.put(kind=BEGAN, recipient=outbox.staff(person), thing_id=glass.pk, matter_id=matter.pk)


def tell_confirmer(asked: BreakGlassRequest) -> None:
    outbox.put(kind=ASKED, recipient=outbox.staff(asked.confirmer_id), thing_id=asked.pk)


def _concerns(message: OutboxMessage) -> bool:
    """At this moment, not when it was queued: officers change, matters are handed over, walls go up."""
    glass = BreakGlass.objects.filter(pk=message.thing_id).first()
    person = reader_of(message)
    if glass is None or person is None or leading.is_kept_out(Matter.objects.get(pk=glass.matter_id), person.pk):
        return False
    return _is_officer(person) or _is_responsible(person, glass)


def _is_officer(person: User) -> bool:
    return break_glass.REVIEWING in person.role_permissions()


def _is_responsible(person: User, glass: BreakGlass) -> bool:
    return Matter.objects.filter(pk=glass.matter_id, responsible=person).exists()


def _began(message: OutboxMessage) -> Mail:
    person = User.objects.get(pk=message.recipient_id)
    glass = BreakGlass.objects.select_related("holder", "confirmer").get(pk=message.thing_id)
    matter = Matter.objects.get(pk=glass.matter_id)
    asked = BreakGlassRequest.objects.get(pk=glass.request_id)
    with override(person.interface_language):
        ends_at = timezone.localtime(glass.ends_at, ZoneInfo(person.time_zone))
        facts = {
            "number": matter.number,
            "holder": glass.holder.full_name,
            "confirmer": glass.confirmer.full_name,
            "until": date_format(ends_at, pgettext("day and time in full", "j F Y, H:i")),
            "link": _link("break_glass_one", asked) if _is_officer(person) else _link("access", matter),
        }
        return _mail(person, _("Break-glass in matter %(number)s") % facts, "mail/matters/break_glass_began.txt", facts)


def _still_asked(message: OutboxMessage) -> bool:
    asked = BreakGlassRequest.objects.select_related("confirmer").filter(pk=message.thing_id, answer="").first()
    return asked is not None and asked.closes_at > timezone.now() and break_glass.is_entitled(asked.confirmer)


def _asked(message: OutboxMessage) -> Mail:
    asked = BreakGlassRequest.objects.select_related("asker", "confirmer").get(pk=message.thing_id)
    with override(asked.confirmer.interface_language):
        closes_at = timezone.localtime(asked.closes_at, ZoneInfo(asked.confirmer.time_zone))
        facts = {
            "asker": asked.asker.full_name,
            "until": date_format(closes_at, "H:i"),
            "link": _link("break_glass_one", asked),
        }
        return _mail(
            asked.confirmer,
            _("%(asker)s asks you to confirm a break-glass") % facts,
            "mail/matters/break_glass_asked.txt",
            facts,
        )


def _link(name: str, row: BreakGlassRequest | Matter) -> str:
    return settings.SITE_URL + reverse(f"matters:{name}", args=[row.public_id])


def _mail(person: User, subject: str, template: str, facts: dict[str, str]) -> Mail:
    text = render_to_string(template, {**facts, "firm": Firm.known_name()})
    return Mail(to=person.email, to_name=person.full_name, subject=subject, text=text)
