"""The mail about what came to somebody and cannot wait: number, kind and date of each, and a link."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from deadlines.actions import reminding
from deadlines.models import Deadline, Reminder
from deadlines.queries import reminders, team
from deadlines.queries.reminders import TAKEN_OVER
from lawcrm import outbox
from lawcrm.accounts.models import User
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.outbox import OutboxMessage


def may_send(message: OutboxMessage) -> bool:
    recipient = team.at_work(timezone.localdate()).filter(pk=message.recipient_id).first()
    if recipient is None:
        raise outbox.MayNot("not-at-work")
    if not _told(message, recipient):
        raise outbox.MayNot("settled")
    return True


def _told(message: OutboxMessage, recipient: User) -> list[Reminder]:
    """Asked as the recipient: a wall raised since hides the entry."""
    start = reminders.occasion(message.dedupe)
    rows = reminders.taken_over(message.recipient_id, start) if start is not None else []
    return [row for row in rows if reminding.still_to_tell(row, recipient)]


def compose(message: OutboxMessage) -> Mail:
    recipient = User.objects.get(pk=message.recipient_id)
    told = [row.deadline for row in _told(message, recipient)]
    with override(recipient.interface_language):
        context = {
            "lines": [_line(deadline) for deadline in told],
            "unconfirmed": any(not deadline.is_confirmed for deadline in told),
            "url": f"{settings.SITE_URL}{reverse('deadlines:list')}?who=mine",
            "firm": settings.FIRM_NAME,
        }
        return Mail(
            to=recipient.email,
            to_name=recipient.full_name,
            subject=_("Deadlines that came to you: %(count)d") % {"count": len(told)},
            text=render_to_string("mail/deadlines/taken_over.txt", context),
        )


def _line(deadline: Deadline) -> str:
    facts = {"number": deadline.matter.number, "kind": deadline.get_kind_display()}
    facts["date"] = date_format(deadline.reminds_by, pgettext("date in full", "l j F Y"))
    if deadline.reminds_by < timezone.localdate():
        return _("Overdue: %(number)s, %(kind)s, %(date)s") % facts
    line = _("%(number)s: %(kind)s, %(date)s") % facts
    return f"{line}, {deadline.reminds_by_time:%H:%M}" if deadline.reminds_by_time else line


def register() -> None:
    """Twice is better than lost."""
    outbox.kind(TAKEN_OVER, policy=outbox.RESEND, compose=compose, may_send=may_send)
