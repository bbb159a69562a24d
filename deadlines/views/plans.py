"""Plans: the list, a page per plan, keeping one, and using one in a matter after a dry run."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deadlines import planning
from deadlines.actions import plans as actions
from deadlines.forms.plan import ChangeForm, PlanForm, Steps, UseForm, steps_of
from deadlines.models import Plan, PlanUse
from deadlines.queries import plans
from deadlines.views import frame, picking
from lawcrm import access, audit
from matters.actions.refused import Refused
from matters.forms import once

PREFIX = "steps"


@require_safe
@access.requires(frame.ENTERING, actions.MANAGING)
def plan_list(request: HttpRequest) -> HttpResponse:
    """With a matter in the address, those that fit it, to be used there."""
    matter = frame.chosen_matter(request)
    context = {"plans": list(plans.plans(matter)), "matter": matter, "may_manage": frame.may(request, actions.MANAGING)}
    return render(request, "deadlines/plans.html", context)


@require_safe
@access.requires(frame.ENTERING, actions.MANAGING)
def plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = _load(public_id)
    versions = list(plans.versions(found))
    context = {
        "plan": found,
        "steps": planning.read(versions[0].steps),
        "versions": versions,
        "may_manage": frame.may(request, actions.MANAGING),
        "may_use": found.is_active and frame.may(request, frame.ENTERING),
    }
    return render(request, "deadlines/plan.html", context)


@access.requires(actions.MANAGING)
def new_plan(request: HttpRequest) -> HttpResponse:
    form, steps = PlanForm(request.POST or None), Steps(request.POST or None, prefix=PREFIX)
    if request.method == "POST" and form.is_valid() and steps.is_valid():
        try:
            made = actions.make_plan(
                actor=frame.person(request), **form.cleaned_data, steps=steps_of(steps), now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The plan is ready to be used."))
            return redirect("deadlines:plan", made.public_id)
    return _editing(request, form, steps, plan=None)


@access.requires(actions.MANAGING)
def edit_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = _load(public_id)
    version = plans.latest(found)
    form = ChangeForm(request.POST or None, initial={"seen": version.number, "is_active": found.is_active})
    steps = Steps(request.POST or None, prefix=PREFIX, initial=version.steps)
    if request.method == "POST" and form.is_valid() and steps.is_valid():
        try:
            made = actions.change_plan(
                actor=frame.person(request),
                plan=found,
                **form.cleaned_data,
                steps=_left(steps),
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Version %(number)d is in use now. Matters keep what earlier ones created.")
            messages.success(request, said % {"number": made.number})
            return redirect("deadlines:plan", public_id)
    return _editing(request, form, steps, plan=found)


def _left(steps: Any) -> list[planning.Step]:
    """What stood there already counts also where nobody touched it."""
    known = [form for form in steps.initial_forms if not form.cleaned_data.get("DELETE")]
    return [*(form.step() for form in known), *steps_of(steps.extra_forms)]


@access.requires(frame.ENTERING)
def use_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """First what the plan would create, then all of it at once."""
    found, matter = _load(public_id), frame.chosen_matter(request)
    if matter is None:
        return picking.choose(request, _("Use plan"), "deadlines:use_plan", public_id)
    version, person = plans.latest(found), frame.person(request)
    asks: dict[str, Any] = {"roles": plans.roles_of(version), "seconds": plans.seconds_of(version)}
    form = UseForm(request.POST or None, user=person, matter=matter, **asks, today=timezone.localdate())
    rows: list[plans.Planned] = []
    if request.method == "POST" and form.is_valid():
        if "create" in request.POST and _used(request, form, matter, version):
            return redirect("deadlines:of_matter", matter.public_id)
        rows = _dry_run(form, matter, version)
    seen = audit.digest(plans.record_of(version, rows)) if rows else ""
    context = {"plan": found, "version": version, "matter": matter, "form": form, "rows": rows, "seen": seen}
    return render(request, "deadlines/use_plan.html", context, status=422 if form.errors else 200)


@require_POST
@access.requires(frame.ENTERING)
def decline_plan(request: HttpRequest, public_id: UUID, plan: UUID) -> HttpResponse:
    """Offered with a matter of its kind, and not needed there."""
    matter, found = frame.load_matter_to_change(public_id), _load(plan)
    try:
        actions.decline_plan(actor=frame.person(request), matter=matter, plan=found, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Not offered here any more. “Use plan” under Deadlines still has it."))
    return redirect("matters:detail", public_id)


def _dry_run(form: UseForm, matter: Any, version: Any) -> list[plans.Planned]:
    try:
        return plans.planned(
            matter=matter,
            version=version,
            trigger_on=form.cleaned_data["trigger_on"],
            people=form.people(),
            seconds=form.seconds(),
            today=timezone.localdate(),
        )
    except plans.CannotPlan as why:
        form.add_error(None, str(why))
        return []


def _used(request: HttpRequest, form: UseForm, matter: Any, version: Any) -> PlanUse | None:
    try:
        use = actions.use_plan(
            actor=frame.person(request),
            once=form.cleaned_data["once"],
            matter=matter,
            version=version,
            trigger_on=form.cleaned_data["trigger_on"],
            people=form.people(),
            seconds=form.seconds(),
            seen=form.cleaned_data["seen"],
            now=timezone.now(),
        )
    except Refused as refusal:
        once.tell_refused(form, refusal, frame.person(request).pk)
        return None
    messages.success(request, _("Created. Somebody else has to confirm the dates; reminders run already."))
    return use


def _load(public_id: UUID) -> Plan:
    return get_object_or_404(plans.plans(), public_id=public_id)


def _editing(request: HttpRequest, form: Any, steps: Any, plan: Plan | None) -> HttpResponse:
    wrong = form.errors or (request.method == "POST" and not steps.is_valid())
    back = reverse("deadlines:plan", args=[plan.public_id]) if plan else reverse("deadlines:plans")
    context = {"form": form, "steps": steps, "plan": plan, "back": back}
    return render(request, "deadlines/edit_plan.html", context, status=422 if wrong else 200)
