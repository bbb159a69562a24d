"""The daily mail about entries nobody has confirmed: number, kind and date of each, one mail a person and day."""

from functools import partial

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from deadlines.actions.list_mail import line, may_send, told
from deadlines.models import Deadline, Reminder
from deadlines.queries import reminders
from deadlines.queries.reminders import LISTED
from lawcrm import outbox
from lawcrm.accounts.models import User
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.outbox import OutboxMessage

Level = Reminder.Level


def _listed(message: OutboxMessage) -> list[Reminder]:
    day = parse_date(message.dedupe)
    return reminders.listed(message.recipient_id, day) if day is not None else []


def compose(message: OutboxMessage) -> Mail:
    recipient = User.objects.get(pk=message.recipient_id)
    rows = told(_listed, message, recipient)
    with override(recipient.interface_language):
        context = {
            "seen": [line(row.deadline, row.deadline.get_kind_display()) for row in rows if row.level < Level.DOCKET],
            "desk": [_of_the_desk(row.deadline) for row in rows if row.level == Level.DOCKET],
            "others": sum(row.level == Level.PARTNERS for row in rows),
            "url": f"{settings.SITE_URL}{reverse('deadlines:list')}?state=unconfirmed",
            "firm": settings.FIRM_NAME,
        }
        return Mail(
            to=recipient.email,
            to_name=recipient.full_name,
            subject=_("Entries nobody has confirmed: %(count)d") % {"count": len(rows)},
            text=render_to_string("mail/deadlines/unconfirmed.txt", context),
        )


def _of_the_desk(deadline: Deadline) -> str:
    """Date, grade and number."""
    return line(deadline, deadline.get_criticality_display())


def register() -> None:
    """Twice is better than lost."""
    outbox.kind(LISTED, policy=outbox.RESEND, compose=compose, may_send=partial(may_send, _listed))
