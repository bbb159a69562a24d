"""What the docket desk is given, and says when somebody has been found."""

from datetime import datetime

from django.db import transaction

from deadlines.models import Deadline, DocketEntry, Reminder
from lawcrm import access, audit
from lawcrm.accounts.models import User


def lay_before(deadline: Deadline, step: str) -> None:
    """One row for each member of the desk who is told of this step, as the system; it replaces those of steps past."""
    past = Reminder.objects.filter(deadline=deadline, state=Reminder.State.HANDED, next_at=None).exclude(step=step)
    DocketEntry.objects.filter(reminder__in=past).delete()
    known = DocketEntry.objects.filter(reminder__deadline=deadline, reminder__step=step)
    rows = Reminder.objects.filter(deadline=deadline, step=step)
    rows = rows.exclude(pk__in=known.values("reminder_id"))
    DocketEntry.objects.bulk_create(
        DocketEntry(
            reminder=row,
            recipient_id=row.recipient_id,
            number=deadline.matter.number,
            due_on=deadline.reminds_by,
            criticality=deadline.criticality,
        )
        for row in rows
        if row.recipient_id is not None
    )


def clear(deadline: Deadline) -> None:
    with access.as_system("the docket of a deadline that is settled"):
        DocketEntry.objects.filter(reminder__deadline=deadline).delete()


@transaction.atomic
def found_somebody(*, actor: User, entry: DocketEntry, now: datetime) -> None:  # noqa: ARG001 - the trail knows the actor
    """The step goes no further up; the desk, which does not see the deadline, acknowledges by its own row."""
    with access.as_system("found by the docket desk"):
        reminder = Reminder.objects.select_for_update(of=("self",)).get(pk=entry.reminder_id)
        deadline = Deadline.objects.get(pk=reminder.deadline_id)
        reminder.acknowledged_at, reminder.next_at = now, None
        reminder.save(update_fields=["acknowledged_at", "next_at"])
        Reminder.objects.filter(deadline=deadline, step=reminder.step).update(next_at=None)
        audit.record("deadline.acknowledged", deadline, settled=1)
        clear(deadline)
