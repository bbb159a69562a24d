"""The mail about what came to somebody and cannot wait: number, kind and date of each, and a link."""

from functools import partial

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from deadlines.actions.list_mail import facts, line, may_send, told
from deadlines.models import Deadline, Reminder
from deadlines.queries import reminders
from deadlines.queries.reminders import TAKEN_OVER
from lawcrm import outbox
from lawcrm.accounts.models import User
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.outbox import OutboxMessage


def _listed(message: OutboxMessage) -> list[Reminder]:
    start = reminders.occasion(message.dedupe)
    return reminders.taken_over(message.recipient_id, start) if start is not None else []


def compose(message: OutboxMessage) -> Mail:
    recipient = User.objects.get(pk=message.recipient_id)
    came = [row.deadline for row in told(_listed, message, recipient)]
    with override(recipient.interface_language):
        context = {
            "lines": [_line(deadline) for deadline in came],
            "unconfirmed": any(not deadline.is_confirmed for deadline in came),
            "url": f"{settings.SITE_URL}{reverse('deadlines:list')}?who=mine",
            "firm": settings.FIRM_NAME,
        }
        return Mail(
            to=recipient.email,
            to_name=recipient.full_name,
            subject=_("Deadlines that came to you: %(count)d") % {"count": len(came)},
            text=render_to_string("mail/deadlines/taken_over.txt", context),
        )


def _line(deadline: Deadline) -> str:
    kind = deadline.get_kind_display()
    if deadline.reminds_by < timezone.localdate():
        return _("Overdue: %(number)s, %(kind)s, %(date)s") % facts(deadline, kind)
    words = line(deadline, kind)
    return f"{words}, {deadline.reminds_by_time:%H:%M}" if deadline.reminds_by_time else words


def register() -> None:
    """Twice is better than lost."""
    outbox.kind(TAKEN_OVER, policy=outbox.RESEND, compose=compose, may_send=partial(may_send, _listed))
