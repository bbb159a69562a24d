"""The retention plan: proposed by the schedule, put forward by one person, released by another."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.models import Matter
from privacy.models import ErasureItem
from privacy.queries import erasing as queries

State = ErasureItem.State


class PlanRefused(audit.Refused):
    """An entry of the plan cannot go on; the sentence says why."""


class OwnProposal(PlanRefused):
    """Nobody releases what they put forward themselves."""

    def __init__(self) -> None:
        super().__init__(_("You put this matter forward yourself. A second person has to release it."))


@transaction.atomic
def propose_due(*, now: datetime) -> int:
    """Put every closed matter on the plan whose floor has passed; held ones are shown as held."""
    today = timezone.localdate(now)
    with access.as_system("retention schedule"):
        return sum(_propose(matter, now) for matter in queries.closed_without_item() if _is_due(matter, today))


def _is_due(matter: Matter, today: object) -> bool:
    period = queries.retention_of(matter)
    return period is not None and period.may_go_on < today  # type: ignore[operator]


def _propose(matter: Matter, now: datetime) -> int:
    period = queries.retention_of(matter)
    if period is None:
        return 0
    item = ErasureItem.objects.create(
        matter_ref=matter.pk,
        matter_number=matter.number,
        rule=f"{period.rule.jurisdiction}/{period.rule.code}: {period.rule.source}"[:80],
        due_on=period.may_go_on,
        state=State.HELD if matter.hold_count else State.PROPOSED,
        proposed_at=now,
    )
    audit.record("retention.proposed", item, matter_id=matter.pk)
    return 1


@audit.attempt("retention.put_forward", on="item")
def put_forward(*, actor: User, item: ErasureItem) -> None:
    """The first of two people: this matter is to go."""
    item = _locked(item)
    if item.state != State.PROPOSED or item.proposed_by_id is not None:
        raise PlanRefused(_("This matter has been put forward or decided on meanwhile."))
    item.proposed_by = actor
    item.save()
    audit.record("retention.put_forward", item, matter_id=item.matter_ref)


@audit.attempt("retention.released", on="item")
def release(*, actor: User, item: ErasureItem, now: datetime) -> None:
    """The second of two people; the erasure job does the rest."""
    item = _locked(item)
    if item.state != State.PROPOSED:
        raise PlanRefused(_("This matter is under hold, released or erased already."))
    if item.proposed_by_id is None:
        raise PlanRefused(_("Somebody has to put the matter forward first."))
    if item.proposed_by_id == actor.pk:
        raise OwnProposal
    item.state, item.released_by, item.released_at = State.RELEASED, actor, now
    item.save()
    audit.record("retention.released", item, matter_id=item.matter_ref)


def _locked(item: ErasureItem) -> ErasureItem:
    return ErasureItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
