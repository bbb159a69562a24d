"""Entering and moving a deadline."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines.actions import entering
from deadlines.forms.deadline import EntryForm, MoveForm
from deadlines.models import Deadline
from deadlines.queries import computing
from deadlines.views import frame, picking
from lawcrm import access
from matters.actions.refused import Refused
from matters.forms import once


@access.requires(frame.ENTERING)
def enter(request: HttpRequest) -> HttpResponse:
    """Without a matter in the address it is chosen first: the team it offers depends on it."""
    matter = frame.chosen_matter(request)
    if matter is None:
        return picking.choose(request, _("Enter deadline"), "deadlines:enter")
    today = timezone.localdate()
    start = {"assignee": matter.responsible_id, "group": None, "deputy": None}
    form = EntryForm(request.POST or None, user=frame.person(request), matter=matter, today=today, initial=start)
    if request.method == "POST" and form.is_valid():
        if form.wants_preview:
            return preview(request, form, matter=matter, task=None)
        if deadline := _entered(request, form):
            return redirect("deadlines:detail", deadline.public_id)
    return _page(request, "deadlines/enter.html", form, matter=matter, task=None, computed=form.computed, falling=[])


def preview(request: HttpRequest, form: EntryForm, **context: Any) -> HttpResponse:
    """The arithmetic and what else falls on that day, before anything is entered."""
    form.with_computed()
    assert form.computed is not None  # noqa: S101 - for the types
    answering = form.cleaned_data.get("assignee") or frame.person(request)
    falling = computing.falling_on(form.computed.due_on, answering.pk)
    return _page(request, "deadlines/enter.html", form, computed=form.computed, falling=falling, **context)


def _entered(request: HttpRequest, form: EntryForm) -> Deadline | None:
    try:
        deadline = entering.enter_deadline(actor=frame.person(request), entry=form.entry(), now=timezone.now())
    except entering.AlreadyEntered as known:
        return known.deadline
    except Refused as refusal:
        once.tell_refused(form, refusal, frame.person(request).pk)
        return None
    messages.success(request, _("Entered. Somebody else has to confirm the date; reminders run already."))
    return deadline


@access.requires(frame.ENTERING)
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load_to_change(public_id)
    form = MoveForm(request.POST or None, initial={"seen": deadline.due, "due_time": deadline.due_time})
    if request.method == "POST" and form.is_valid():
        try:
            entering.move_deadline(
                actor=frame.person(request), deadline=deadline, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Moved. The new date has to be confirmed by somebody else."))
            return redirect("deadlines:detail", public_id)
    return _page(request, "deadlines/move.html", form, deadline=deadline)


def _page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)
