"""Making a deadline of a task, and a task of a deadline."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines.actions import converting
from deadlines.forms.converting import BecomesDeadlineForm, BecomesTaskForm
from deadlines.models import Deadline, Task
from deadlines.views import entering, frame
from lawcrm import access
from matters.actions.refused import Refused
from matters.forms import once


@access.requires(frame.ENTERING)
def to_deadline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    task = frame.load_task_to_change(public_id)
    start: dict[str, Any] = {"title": task.title, "due_on": task.due_on, "deputy": None}
    start |= {"assignee": task.assignee_id, "group": task.group_id}
    form = BecomesDeadlineForm(
        request.POST or None, user=frame.person(request), matter=task.matter, today=timezone.localdate(), initial=start
    )
    if request.method == "POST" and form.is_valid():
        if form.wants_preview:
            return entering.preview(request, form, matter=task.matter, task=task)
        if deadline := _entered(request, form, task):
            return redirect("deadlines:detail", deadline.public_id)
    context: dict[str, Any] = {"matter": task.matter, "task": task, "computed": form.computed, "falling": []}
    return _page(request, "deadlines/enter.html", form, **context)


def _entered(request: HttpRequest, form: BecomesDeadlineForm, task: Task) -> Deadline | None:
    reason = form.cleaned_data.pop("reason")
    try:
        deadline = converting.task_to_deadline(
            actor=frame.person(request), task=task, entry=form.entry(), reason=reason, now=timezone.now()
        )
    except Refused as refusal:
        once.tell_refused(form, refusal, frame.person(request).pk)
        return None
    messages.success(request, _("The task is a deadline now. Somebody else has to confirm the date."))
    return deadline


@access.requires(frame.ENTERING)
def to_task(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load_to_change(public_id)
    start = {
        "seen": deadline.due,
        "assignee": deadline.assignee_id,
        "group": deadline.group_id,
        "due_on": deadline.due_on,
    }
    form = BecomesTaskForm(
        request.POST or None,
        user=frame.person(request),
        matter=deadline.matter,
        today=timezone.localdate(),
        initial=start,
    )
    if request.method == "POST" and form.is_valid():
        try:
            converting.deadline_to_task(
                actor=frame.person(request), deadline=deadline, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refusal:
            once.tell_refused(form, refusal, frame.person(request).pk)
        else:
            messages.success(request, _("A task now. The deadline is struck and stays in the book with your reason."))
            return redirect("deadlines:detail", public_id)
    return _page(request, "deadlines/to_task.html", form, deadline=deadline)


def _page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)
