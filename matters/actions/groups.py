"""What practice groups mean for matters: who answers for one hears who joins; a dissolved group gives back."""

from django.contrib.auth.models import Group
from django.utils import timezone

from lawcrm import access, audit, outbox
from lawcrm.accounts.notices import reader_of
from lawcrm.models.outbox import OutboxMessage
from matters.actions import group_walls, own_grants
from matters.actions.group_walls import seen_by
from matters.models import Matter, MatterGroupObjectPermission

KIND = "matters.group_joined"


def subscribe() -> None:
    audit.subscribe("accounts.group_joined", tell)
    audit.subscribe("accounts.group_dissolved", take_back)


def tell(event: audit.Event) -> None:
    """One mail a day and group to each responsible lawyer, whatever the number of those who joined."""
    joined = event.facts.get("user_id")
    today = timezone.localdate().isoformat()
    with access.as_system("who answers for what a group sees"):
        answering = seen_by(event.object.pk).order_by().values_list("responsible_id", flat=True).distinct()
        for user_id in answering:
            if user_id not in (joined, event.actor_id):
                outbox.put(kind=KIND, recipient=outbox.staff(user_id), thing_id=event.object.pk, dedupe=today)


def take_back(event: audit.Event) -> None:
    """Each matter keeps in its journal that the group lost it, and why.

    Asked before anybody leaves the group, and locked at once with all that walls close to it: whoever leaves
    is kept out there by name, and a second lock would be taken out of order.
    """
    group: Group = event.object  # type: ignore[assignment]
    with access.as_system(event.reason):
        group_walls.lock(group.pk, seen_by(group.pk).values_list("pk", flat=True))
        lost = seen_by(group.pk).defer("summary").order_by("pk")
        audit.record_each("matter.access_withdrawn", lost, reason=event.reason, group_id=group.pk)
        closed = Matter.objects.filter(pk__in=[*lost.values_list("pk", flat=True)])
        MatterGroupObjectPermission.objects.filter(group=group).delete()
        for person in group.user_set.order_by("pk"):
            own_grants.end_of_left(person, closed, reason=event.reason)


def may_tell(message: OutboxMessage) -> bool:
    """Still there, and still answering for something the group sees."""
    person = reader_of(message)
    if person is None:
        raise outbox.MayNot("not-at-work")
    if not seen_by(message.thing_id).filter(responsible=person).exists():
        raise outbox.MayNot("not-responsible")
    return True
