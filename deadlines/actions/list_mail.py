"""What mails that tell one person of several entries have in common; who they tell of what is asked as they go."""

from collections.abc import Callable, Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deadlines.actions import reminding
from deadlines.models import Deadline, Reminder
from deadlines.queries import team
from lawcrm import outbox
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage

type Listed = Callable[[OutboxMessage], Iterable[Reminder]]


def told(listed: Listed, message: OutboxMessage, recipient: User) -> list[Reminder]:
    """Asked as the recipient: a wall raised since hides the entry."""
    return [row for row in listed(message) if reminding.still_to_tell(row, recipient)]


def may_send(listed: Listed, message: OutboxMessage) -> bool:
    recipient = team.at_work(timezone.localdate()).filter(pk=message.recipient_id).first()
    if recipient is None:
        raise outbox.MayNot("not-at-work")
    if not told(listed, message, recipient):
        raise outbox.MayNot("settled")
    return True


def facts(deadline: Deadline, word: str) -> dict[str, str]:
    day = date_format(deadline.reminds_by, pgettext("date in full", "l j F Y"))
    return {"number": deadline.matter.number, "kind": word, "date": day}


def line(deadline: Deadline, word: str) -> str:
    return _("%(number)s: %(kind)s, %(date)s") % facts(deadline, word)
