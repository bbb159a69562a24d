"""Plans, and what one would create in a matter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from deadlines import planning
from deadlines.models import Deadline, Plan, PlanDecline, PlanUse, PlanVersion
from deadlines.queries import computing
from deadlines.queries.working_days import WorkingDays
from lawcrm.accounts.models import User
from matters.models import Matter

type People = dict[str, User | None]
type Seconds = Mapping[str, date | None]


class CannotPlan(Exception):
    """In words, which step it is and why."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing a plan would create, with the arithmetic of its date."""

    step: planning.Step
    due_on: date
    owner: User
    deputy: User | None
    is_past: bool
    second_on: date | None = None
    computed: computing.Computed | None = None
    trace: list[dict[str, str]] = field(default_factory=list)

    @property
    def hour(self) -> time | None:
        return time.fromisoformat(self.step.hour) if self.step.hour else None

    @property
    def unchecked_limit(self) -> str:
        """What would set a limit to it, where nobody said when that was."""
        return self.computed.second if self.computed and self.second_on is None else ""

    @property
    def pre_deadline(self) -> date | None:
        return self.computed.pre_deadline if self.computed else None


def plans(matter: Matter | None = None) -> QuerySet[Plan]:
    """By name; for a matter those in use that are of its kind and jurisdiction, or of any."""
    rows = Plan.objects.select_related("matter_type").order_by("-is_active", "name", "pk")
    if matter is None:
        return rows
    of_kind = Q(matter_type=None) | Q(matter_type=matter.matter_type_id)
    return rows.filter(of_kind, Q(jurisdiction="") | Q(jurisdiction=matter.jurisdiction.upper()), is_active=True)


def offered(matter: Matter) -> QuerySet[Plan]:
    """Those made for its kind of matter, until they were used in it or declined there."""
    here = {"matter": matter.pk, "plan": OuterRef("pk")}
    settled = Exists(PlanUse.objects.filter(**here)) | Exists(PlanDecline.objects.filter(**here))
    return plans(matter).filter(~settled, matter_type=matter.matter_type_id)


def versions(plan: Plan) -> QuerySet[PlanVersion]:
    return PlanVersion.objects.filter(plan=plan).select_related("made_by", "plan").order_by("-number")


def latest(plan: Plan) -> PlanVersion:
    found = versions(plan).first()
    if found is None:
        raise PlanVersion.DoesNotExist
    return found


def use_of(use_id: int | None) -> PlanUse | None:
    """With the names of plan and version; None where an entry came from none."""
    rows = PlanUse.objects.select_related("plan", "version")
    return rows.filter(pk=use_id).first() if use_id else None


def roles_of(version: PlanVersion) -> set[str]:
    """Whom the steps are for, beside the responsible lawyer."""
    steps = planning.read(version.steps)
    named = {step.owner for step in steps} | {step.deputy for step in steps}
    return named - {"", planning.Role.RESPONSIBLE.value}


def seconds_of(version: PlanVersion) -> dict[str, list[str]]:
    """What else may set a limit to steps by a rule, with the titles of these steps."""
    known = {rule.code: rule.second.trigger for rule in computing.Ground().computable if rule.second}
    found: dict[str, list[str]] = {}
    for step in planning.read(version.steps):
        if step.rule in known:
            found.setdefault(known[step.rule], []).append(step.title)
    return found


def planned(  # noqa: PLR0913 - what a plan is used with
    *,
    matter: Matter,
    version: PlanVersion,
    trigger_on: date,
    people: People,
    today: date,
    seconds: Seconds | None = None,
) -> list[Planned]:
    """What the plan creates, in its order; `seconds` are days by what happened on them. Raises CannotPlan."""
    _require_place(matter, version.plan)
    working_days, ground = WorkingDays().of(matter), computing.Ground()
    known = {**people, planning.Role.RESPONSIBLE.value: matter.responsible}
    found = []
    for step in planning.read(version.steps):
        if step.what == planning.Kind.COURT_FIXED:
            raise CannotPlan(_("%(step)s: a date fixed by the court is never computed.") % {"step": step.title})
        owner, deputy = known.get(step.owner), known.get(step.deputy)
        if owner is None:
            raise CannotPlan(_("%(step)s: say who it is for.") % {"step": step.title})
        computed, second_on = _computed(matter, step, trigger_on, seconds or {}, ground) if step.rule else (None, None)
        due_on = computed.due_on if computed else planning.counted(step, trigger_on, working_days)
        stand_in = deputy if deputy != owner else None
        trace = computed.trace if computed else []
        found.append(Planned(step, due_on, owner, stand_in, due_on < today, second_on, computed, trace))
    return found


def _require_place(matter: Matter, plan: Plan) -> None:
    """Periods of one country say nothing about a case in another."""
    if plan.jurisdiction not in {"", matter.jurisdiction.upper()}:
        raise CannotPlan(_("This plan is for matters in %(place)s.") % {"place": plan.jurisdiction})


def _computed(
    matter: Matter, step: planning.Step, trigger_on: date, seconds: Seconds, ground: computing.Ground
) -> tuple[computing.Computed, date | None]:
    """With the day that the rule's limit counts from, where somebody said it."""
    try:
        found = computing.computed(matter, step.rule, trigger_on, ground=ground)
        second_on = seconds.get(found.second) if found.second else None
        if second_on is not None:
            found = computing.computed(matter, step.rule, trigger_on, second_on, ground)
    except computing.CannotCompute as why:
        raise CannotPlan(f"{step.title}: {why}") from None
    return found, second_on


def record_of(version: PlanVersion, found: list[Planned]) -> dict[str, Any]:
    """What a person saw before they said yes; its hash binds the yes to it."""
    rows = [
        [
            *(row.step.what, row.step.title, row.due_on.isoformat(), row.owner.pk, row.deputy and row.deputy.pk),
            row.second_on and row.second_on.isoformat(),
        ]
        for row in found
    ]
    return {"version": version.pk, "rows": rows}


def critical(row: Planned) -> Deadline.Criticality:
    return Deadline.Criticality(row.step.criticality)
