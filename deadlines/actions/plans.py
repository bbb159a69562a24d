"""Keeping plans by version, and using one in a matter."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines import planning
from deadlines.actions.entering import Entry, enter_deadline
from deadlines.actions.refused import locked_matter
from deadlines.actions.todo import add_task
from deadlines.models import Deadline, Plan, PlanDecline, PlanUse, PlanVersion
from deadlines.queries import plans
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused
from matters.models import Matter, MatterType

MANAGING = "deadlines.manage_plans"


class NotKeeper(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only those who keep the plans change them."))


class NameTaken(Refused):
    def __init__(self) -> None:
        super().__init__(_("There is a plan of this name already."))


class WithoutSteps(Refused):
    def __init__(self) -> None:
        super().__init__(_("A plan creates at least one thing."))


class PlanChanged(Refused):
    def __init__(self) -> None:
        super().__init__(_("Somebody changed the plan meanwhile. Open it again; nothing was saved."))


class NotInUse(Refused):
    def __init__(self) -> None:
        super().__init__(_("This plan is not in use any more."))


class UsedAlready(Refused):
    def __init__(self) -> None:
        super().__init__(_("This plan was used in this matter for the same day already."))


class LookAgain(Refused):
    def __init__(self) -> None:
        super().__init__(_("The plan would now create something else. Look through it again, then create it."))


class Impossible(Refused):
    """In the words of the step that cannot be."""


@audit.attempt("plan.made")
def make_plan(  # noqa: PLR0913 - what a plan is
    *,
    actor: User,
    name: str,
    trigger: str,
    matter_type: MatterType | None,
    jurisdiction: str,
    steps: Sequence[planning.Step],
    now: datetime,
) -> Plan:
    _require_keeper(actor)
    if Plan.objects.filter(name=name).exists():
        raise NameTaken
    plan = Plan.objects.create(
        name=name, trigger=trigger, matter_type=matter_type, jurisdiction=jurisdiction.strip().upper()
    )
    _add_version(actor, plan, 1, steps, now)
    audit.record("plan.made", plan)
    return plan


@audit.attempt("plan.changed", on="plan")
def change_plan(  # noqa: PLR0913 - what is changed, and what was seen of it
    *, actor: User, plan: Plan, seen: int, is_active: bool, steps: Sequence[planning.Step], now: datetime
) -> PlanVersion:
    """The next version. Matters in which an earlier one was used keep what it created."""
    _require_keeper(actor)
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    before = plans.latest(plan)
    if before.number != seen:
        raise PlanChanged
    if plan.is_active != is_active:
        plan.is_active = is_active
        plan.save()
    version = _add_version(actor, plan, seen + 1, steps, now)
    audit.record("plan.changed", plan, version=version.number)
    return version


@audit.attempt("plan.used", on="matter")
def use_plan(  # noqa: PLR0913 - which plan, for what, for whom, as it was seen
    *,
    actor: User,
    once: UUID,
    matter: Matter,
    version: PlanVersion,
    trigger_on: date,
    people: plans.People,
    seconds: plans.Seconds | None = None,
    seen: str,
    now: datetime,
) -> PlanUse:
    """All of it or nothing; each deadline waits for its confirmation like any other. Sent twice it is done once."""
    matter = locked_matter(matter.pk)
    if (known := PlanUse.objects.filter(public_id=once, matter=matter).first()) is not None:
        return known
    if not version.plan.is_active:
        raise NotInUse
    found = _planned(matter, version, trigger_on, people, seconds, now)
    if plans.latest(version.plan).pk != version.pk or audit.digest(plans.record_of(version, found)) != seen:
        raise LookAgain
    use = PlanUse(public_id=once, matter=matter, plan_id=version.plan_id, version=version, trigger_on=trigger_on)
    use.used_by, use.used_at = actor, now
    _noted(use)
    for place, row in enumerate(found):
        _create(actor, use, uuid5(use.public_id, str(place)), row, now)
    audit.record("plan.used", matter, plan_id=version.plan_id, version=version.number, created=len(found))
    return use


@audit.attempt("plan.declined", on="matter")
def decline_plan(*, actor: User, matter: Matter, plan: Plan, now: datetime) -> None:
    """Said twice it is so once."""
    matter = locked_matter(matter.pk)
    given = {"declined_by": actor, "declined_at": now}
    _row, is_new = PlanDecline.objects.get_or_create(matter=matter, plan=plan, defaults=given)
    if is_new:
        audit.record("plan.declined", matter, plan_id=plan.pk)


def _planned(  # noqa: PLR0913, PLR0917 - what a plan is used with
    matter: Matter,
    version: PlanVersion,
    trigger_on: date,
    people: plans.People,
    seconds: plans.Seconds | None,
    now: datetime,
) -> list[plans.Planned]:
    try:
        return plans.planned(
            matter=matter,
            version=version,
            trigger_on=trigger_on,
            people=people,
            seconds=seconds,
            today=timezone.localdate(now),
        )
    except plans.CannotPlan as why:
        raise Impossible(str(why)) from None


def _noted(use: PlanUse) -> None:
    try:
        with transaction.atomic():
            use.save()
    except IntegrityError:
        raise UsedAlready from None


def _create(actor: User, use: PlanUse, once: UUID, row: plans.Planned, now: datetime) -> None:
    if row.step.is_task:
        add_task(
            actor=actor,
            once=once,
            matter=use.matter,
            title=row.step.title,
            assignee=row.owner,
            due_on=row.due_on,
            plan_use=use,
            now=now,
        )
        return
    entry = Entry(
        once=once,
        matter=use.matter,
        kind=Deadline.Kind(row.step.what),
        criticality=plans.critical(row),
        title=row.step.title,
        due_on=row.due_on,
        due_time=row.hour,
        assignee=row.owner,
        deputy=row.deputy,
        trigger_on=use.trigger_on,
        trigger_label=use.plan.trigger,
        second_on=row.second_on,
        rule_code=row.step.rule,
        at_stake=row.computed.at_stake if row.computed else "",
        computed_on=row.computed.due_on if row.computed else None,
        from_draft=row.computed is not None and row.computed.is_draft,
        latest_on=row.computed.latest_on if row.computed else None,
        trace=row.trace,
        pre_deadline=row.pre_deadline,
        plan_use=use,
    )
    enter_deadline(actor=actor, entry=entry, now=now)


def _require_keeper(actor: User) -> None:
    if MANAGING not in actor.role_permissions():
        raise NotKeeper


def _add_version(actor: User, plan: Plan, number: int, steps: Sequence[planning.Step], now: datetime) -> PlanVersion:
    if not steps:
        raise WithoutSteps
    return PlanVersion.objects.create(plan=plan, number=number, steps=planning.kept(steps), made_by=actor, made_at=now)
