"""Deadlines of a practice group: who of it is told, as it is when a step is due."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from deadlines.actions import escalating
from deadlines.actions.withdrawing import drop_reminders
from deadlines.models import Deadline, Reminder
from deadlines.queries import team
from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.audit import Event

State, Level = Reminder.State, Reminder.Level


def tell_members(steps: Iterable[Reminder], now: datetime) -> set[int]:
    """A row of their own for each member who sees the matter; answers the steps that reached somebody.

    A step that reaches nobody of the group goes up at once, as that of a person who is not there.
    """
    reached = set()
    for step in steps:
        deadline = Deadline.objects.select_related("matter").defer("matter__summary").get(pk=step.deadline_id)
        members = members_of(deadline, now) - {deadline.deputy_id}
        Reminder.objects.bulk_create(
            (
                Reminder(
                    deadline=deadline,
                    matter_id=deadline.matter_id,
                    recipient_id=person,
                    step=step.step,
                    due_at=step.due_at,
                )
                for person in sorted(filter(None, members))
            ),
            ignore_conflicts=True,
        )
        if members:
            reached.add(step.pk)
    return reached


def members_of(deadline: Deadline, now: datetime) -> set[int | None]:
    """Those of the group who are at work and see the matter."""
    people = team.at_work(timezone.localdate(now)).filter(groups=deadline.group_id)
    return {person.pk for person in people if escalating.may_be_told(deadline, Level.OWNER, person)}


def still_told(person: User) -> Q:
    """Of a group's deadlines only while they belong to it, or are the deputy."""
    mine = list(person.groups.values_list("pk", flat=True))
    return Q(group=None) | Q(deputy=person) | Q(group__in=mine)


def forget_who_left(event: Event) -> None:
    """Leaving the group takes its deadlines away, also those they were told of already."""
    person = int(str(event.facts["user_id"]))
    with access.as_system("left a practice group"):
        mine = Reminder.objects.filter(recipient=person, level=Level.OWNER, acknowledged_at=None)
        deadlines = Deadline.objects.filter(group=event.object.pk, state=Deadline.State.OPEN).exclude(deputy=person)
        told = mine.filter(deadline__in=deadlines)
        drop_reminders(told.exclude(state=State.CANCELLED))
