"""Reminders are taken back from those they are no concern of any more, with the mails that wait."""

from django.db.models import QuerySet

from deadlines.models import Reminder
from deadlines.queries.reminders import KIND
from lawcrm import outbox
from lawcrm.models.outbox import OutboxMessage


def drop_reminders(rows: QuerySet[Reminder]) -> None:
    dropped = list(rows.values_list("pk", flat=True))
    cancel_mails(dropped)
    Reminder.objects.filter(pk__in=dropped).update(state=Reminder.State.CANCELLED)


def cancel_mails(reminders: list[int]) -> None:
    outbox.cancel(OutboxMessage.objects.filter(kind=KIND, thing_id__in=reminders), reason="left")
