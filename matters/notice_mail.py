"""The mail that reminds of an information barrier: a link, and nothing of what the barrier stands around."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcrm import access, outbox
from lawcrm.accounts.models import User
from lawcrm.accounts.notices import reader_of
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.firm import Firm
from lawcrm.models.outbox import OutboxMessage
from matters.actions.notices import KIND
from matters.queries import walls


def register() -> None:
    outbox.kind(KIND, policy=outbox.RESEND, compose=compose, may_send=may_send)


def may_send(message: OutboxMessage) -> bool:
    """Asked as the person: a notice acknowledged or withdrawn since is not mailed; locked until the mail is out."""
    person = reader_of(message)
    if person is None:
        return False
    with access.as_user(person, source="job"):
        rows = walls.unanswered(person.pk).filter(pk=message.thing_id)
        return rows.select_for_update(of=("self",), no_key=True).exists()


def compose(message: OutboxMessage) -> Mail:
    person = User.objects.get(pk=message.recipient_id)
    with override(person.interface_language):
        facts = {
            "person": person.full_name,
            "firm": Firm.known_name(),
            "link": settings.SITE_URL + reverse("matters:notices"),
        }
        text = render_to_string("mail/matters/notice.txt", facts)
        return Mail(to=person.email, to_name=person.full_name, subject=_("Please acknowledge a notice"), text=text)
