"""Asking for an extension, and noting what the court said."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines.actions import extending
from deadlines.forms.deadline import AskExtensionForm, ExtensionAnswerForm
from deadlines.models import Deadline
from deadlines.views import frame
from lawcrm import access
from matters.actions.refused import Refused
from matters.models import Document


@access.requires(frame.ENTERING)
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load_to_change(public_id)
    form = AskExtensionForm(request.POST or None, initial={"seen": deadline.due})
    if request.method == "POST" and form.is_valid():
        try:
            extending.ask_extension(
                actor=frame.person(request), deadline=deadline, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Noted. The old date counts until the court has granted the new one."))
            return redirect("deadlines:detail", public_id)
    return _page(request, "deadlines/ask_extension.html", form, deadline)


@access.requires(frame.ENTERING)
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load_to_change(public_id)
    asked = extending.pending(deadline)
    start = {"seen": deadline.due, "until_on": asked.until_on if asked else None, "granted": "yes"}
    documents = Document.objects.filter(matter=deadline.matter_id).order_by("-added_at", "-pk")
    form = ExtensionAnswerForm(request.POST or None, initial=start, documents=documents)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _answered(request, deadline, form.cleaned_data))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("deadlines:detail", public_id)
    return _page(request, "deadlines/extension_answer.html", form, deadline)


def _answered(request: HttpRequest, deadline: Deadline, said: dict[str, Any]) -> str:
    common = {"actor": frame.person(request), "deadline": deadline, "seen": said["seen"], "answer": said["answer"]}
    if said["granted"] == "yes":
        evidence = {"until_on": said["until_on"], "evidence": said["evidence"]}
        extending.grant_extension(**common, **evidence, now=timezone.now())
        return _("Granted. The new date has to be confirmed by somebody else.")
    extending.decline_extension(**common, now=timezone.now())
    return _("Declined. The old date stays.")


def _page(request: HttpRequest, template: str, form: Any, deadline: Deadline) -> HttpResponse:
    return render(request, template, {"form": form, "deadline": deadline}, status=422 if form.errors else 200)
