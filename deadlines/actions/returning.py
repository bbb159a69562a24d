"""Who sees a matter again is told what a wall kept from them and is still open."""

from django.db.models import Q, QuerySet

from deadlines.models import Deadline, Reminder
from deadlines.queries import reminders
from lawcrm import access
from lawcrm.audit import Event
from lawcrm.models.outbox import OutboxMessage
from matters.models import WallBar

State = Reminder.State
LIFTED = ("wall.lowered", "wall.ended", "wall.changed")


def tell_again(event: Event) -> None:
    """Of each deadline the last step, if its mail was kept in; whether it may go now is asked as it is sent."""
    with access.as_system("reminders behind a wall that is lifted"):
        last = {(row.deadline_id, row.recipient_id): row for row in _of_those_let_in(event.object.pk)}
        mails = reminders.mail_states(list(last.values()))
        kept = [row.pk for row in last.values() if mails.get(row.pk) == OutboxMessage.State.CANCELLED]
        Reminder.objects.filter(pk__in=kept).update(state=State.WAITING, handed_at=None, next_at=None)


def _of_those_let_in(wall: int) -> QuerySet[Reminder]:
    lifted = WallBar.objects.filter(wall=wall, state=WallBar.State.LIFTED)
    people = Q(recipient__in=lifted.values("user")) | Q(recipient__groups__in=lifted.values("group"))
    rows = Reminder.objects.filter(people, level=Reminder.Level.OWNER, state=State.HANDED, acknowledged_at=None)
    return rows.filter(deadline__state=Deadline.State.OPEN).order_by("due_at", "pk")
