"""Passing a deadline or a task on to somebody else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines.actions import passing
from deadlines.forms.passing import PassDeadlineForm, PassingForm, PassTaskForm
from deadlines.models import Deadline, Task
from deadlines.views import frame
from lawcrm import access
from matters.actions.refused import Refused


@access.requires(frame.ENTERING)
def pass_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load_to_change(public_id)
    form = _form(request, PassDeadlineForm, deadline, deputy=deadline.deputy_id)
    if _passed(request, form, passing.pass_on, deadline=deadline):
        messages.success(request, _("Passed on. Whoever answers for it now is reminded."))
        return redirect("deadlines:detail", public_id)
    return _page(request, form, deadline=deadline, back=reverse("deadlines:detail", args=[public_id]))


@access.requires(frame.ENTERING)
def pass_task(request: HttpRequest, public_id: UUID) -> HttpResponse:
    task = frame.load_task_to_change(public_id)
    form = _form(request, PassTaskForm, task)
    back = reverse("deadlines:of_matter", args=[task.matter.public_id])
    if _passed(request, form, passing.pass_task, task=task):
        messages.success(request, _("Passed on. It stands among their tasks now."))
        return redirect(back)
    return _page(request, form, task=task, back=back)


def _form(request: HttpRequest, kind: type[PassingForm], entry: Deadline | Task, **more: Any) -> PassingForm:
    start = {"seen": entry.held_by, "assignee": entry.assignee_id, "group": entry.group_id, **more}
    return kind(request.POST or None, matter=entry.matter, today=timezone.localdate(), initial=start)


def _passed(request: HttpRequest, form: PassingForm, act: Callable[..., object], **entry: Any) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(actor=frame.person(request), **entry, **form.said(), now=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _page(request: HttpRequest, form: PassingForm, **context: Any) -> HttpResponse:
    context = {"form": form, "deadline": None, "task": None, **context}
    return render(request, "deadlines/pass_on.html", context, status=422 if form.errors else 200)
