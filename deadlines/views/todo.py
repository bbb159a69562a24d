"""Tasks: the list of one's own, adding one, getting it done."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deadlines.actions import todo as actions
from deadlines.forms.todo import TaskForm
from deadlines.models import Task
from deadlines.queries import todo
from deadlines.views import frame, picking
from lawcrm import access, audit
from matters.actions.refused import Refused
from matters.forms import once

SHOWN = 100


@require_safe
@access.requires(frame.READING)
def task_list(request: HttpRequest) -> HttpResponse:
    rows = audit.read_listed(todo.open_tasks(frame.person(request).pk, SHOWN))
    context = {"tasks": rows, "may_enter": frame.may(request, frame.ENTERING), "here": request.path}
    return render(request, "deadlines/tasks.html", context)


@access.requires(frame.ENTERING)
def add(request: HttpRequest) -> HttpResponse:
    matter = frame.chosen_matter(request)
    if matter is None:
        return picking.choose(request, _("Add task"), "deadlines:add_task")
    person = frame.person(request)
    form = TaskForm(
        request.POST or None,
        user=person,
        matter=matter,
        today=timezone.localdate(),
        initial={"assignee": person.pk},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_task(actor=frame.person(request), matter=matter, **form.cleaned_data, now=timezone.now())
        except Refused as refusal:
            once.tell_refused(form, refusal, frame.person(request).pk)
        else:
            messages.success(request, _("Task added."))
            return redirect(_back(request))
    context = {"form": form, "matter": matter}
    return render(request, "deadlines/add_task.html", context, status=422 if form.errors else 200)


@require_POST
@access.requires(frame.READING)
def finish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _set(request, public_id, done=True)


@require_POST
@access.requires(frame.READING)
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _set(request, public_id, done=False)


def _set(request: HttpRequest, public_id: UUID, *, done: bool) -> HttpResponse:
    task, person = get_object_or_404(Task, public_id=public_id), frame.person(request)
    try:
        if done:
            actions.finish_task(actor=person, task=task, now=timezone.now())
        else:
            actions.reopen_task(actor=person, task=task)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else reverse("deadlines:tasks")
