"""Dates that would be others now: who accepts them, who declines them, and what set them off."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from deadlines.actions import recomputing as actions
from deadlines.actions import triggering
from deadlines.actions.refused import ChangedMeanwhile
from deadlines.forms.deadline import AcceptForm, DeclineForm, TriggerForm
from deadlines.queries import computing, recomputing
from deadlines.views import frame
from lawcrm import access, audit, today, ui
from matters.actions.refused import Refused

SHOWN, ON_TODAY = 200, 3


@require_safe
@access.requires(frame.ENTERING)
def proposal_list(request: HttpRequest) -> HttpResponse:
    rows = audit.read_listed(recomputing.waiting()[:SHOWN])
    context = {"rows": recomputing.with_proposals(rows), "tabs": frame.tabs(request, "proposals")}
    return render(request, "deadlines/proposals.html", context)


@require_POST
@access.requires(frame.ENTERING)
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline, form = frame.load_to_change(public_id), AcceptForm(request.POST)
    try:
        if not form.is_valid():
            raise ChangedMeanwhile
        actions.accept(actor=frame.person(request), deadline=deadline, **form.cleaned_data, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Accepted. The new date has to be confirmed by somebody else."))
    return redirect("deadlines:detail", public_id)


@access.requires(frame.ENTERING)
def decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load_to_change(public_id)
    form = DeclineForm(request.POST or None, initial={"seen": deadline.due})
    if request.method == "POST" and form.is_valid():
        try:
            actions.decline(actor=frame.person(request), deadline=deadline, **form.cleaned_data, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Declined. The date stands."))
            return redirect("deadlines:detail", public_id)
    context = {"form": form, "deadline": deadline, "proposal": recomputing.open_proposal(deadline)}
    return render(request, "deadlines/decline_proposal.html", context, status=422 if form.errors else 200)


@access.requires(frame.ENTERING)
def change_trigger(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load_to_change(public_id)
    start: dict[str, Any] = {"seen": deadline.due, "second_on": deadline.second_on}
    start |= {"trigger_on": deadline.trigger_on, "trigger_time": deadline.trigger_time}
    form = TriggerForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            noted = triggering.change_trigger(
                actor=frame.person(request), deadline=deadline, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Noted. Another date follows from it: accept or decline it.")
            messages.success(request, said if noted.is_proposed else _("Noted. The date stays the same."))
            if noted.is_ahead:
                messages.warning(request, str(computing.AHEAD))
            return redirect("deadlines:detail", public_id)
    context = {"form": form, "deadline": deadline}
    return render(request, "deadlines/change_trigger.html", context, status=422 if form.errors else 200)


def card(request: HttpRequest) -> dict[str, Any] | None:
    """On the front page of whoever answers for such a deadline."""
    person = frame.person(request)
    if person.is_external or not frame.may(request, frame.ENTERING):
        return None
    rows = audit.read_listed(recomputing.waiting_for(person.pk, ON_TODAY + 1))
    if not rows:
        return None
    return {"rows": recomputing.with_proposals(rows[:ON_TODAY]), "more": len(rows) > ON_TODAY}


def register() -> None:
    today.add(8, card, "deadlines/proposals_card.html")
    ui.commands.add(
        "deadlines:proposals", gettext_lazy("Proposed dates"), "calendar-clock", permission=frame.ENTERING, order=48
    )
