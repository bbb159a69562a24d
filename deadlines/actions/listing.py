"""The daily mail about entries nobody has confirmed: number, kind and date of each, one mail a person and day."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from deadlines.actions import reminding
from deadlines.models import Deadline, Reminder
from deadlines.queries import reminders, team
from deadlines.queries.reminders import LISTED
from lawcrm import outbox
from lawcrm.accounts.models import User
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.outbox import OutboxMessage

Level = Reminder.Level


def may_send(message: OutboxMessage) -> bool:
    recipient = team.at_work(timezone.localdate()).filter(pk=message.recipient_id).first()
    if recipient is None:
        raise outbox.MayNot("not-at-work")
    if not _told(message, recipient):
        raise outbox.MayNot("settled")
    return True


def _told(message: OutboxMessage, recipient: User) -> list[Reminder]:
    """Asked as the recipient: a wall raised since hides the entry."""
    day = parse_date(message.dedupe)
    rows = reminders.listed(message.recipient_id, day) if day is not None else []
    return [row for row in rows if reminding.still_to_tell(row, recipient)]


def compose(message: OutboxMessage) -> Mail:
    recipient = User.objects.get(pk=message.recipient_id)
    rows = _told(message, recipient)
    with override(recipient.interface_language):
        context = {
            "seen": [_line(row.deadline, row.deadline.get_kind_display()) for row in rows if row.level < Level.DOCKET],
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
    return _line(deadline, deadline.get_criticality_display())


def _line(deadline: Deadline, word: str) -> str:
    day = date_format(deadline.reminds_by, pgettext("date in full", "l j F Y"))
    return _("%(number)s: %(kind)s, %(date)s") % {"number": deadline.matter.number, "kind": word, "date": day}


def register() -> None:
    """Twice is better than lost."""
    outbox.kind(LISTED, policy=outbox.RESEND, compose=compose, may_send=may_send)
