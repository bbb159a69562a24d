"""One deadline: how it came about, who answers for it, and what is done about it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deadlines.actions import ending, entering, extending, reminding
from deadlines.forms.deadline import ConfirmForm, DoneForm, ReopenForm, StrikeForm
from deadlines.models import Deadline
from deadlines.queries import book, plans, recomputing, reminders, team
from deadlines.views import frame, telling
from lawcrm import access
from matters.actions.refused import Refused
from matters.models import Document


@require_safe
@access.requires(frame.READING)
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load(public_id)
    person, told = frame.person(request), list(reminders.of_deadline(deadline))
    works = deadline.state == Deadline.State.OPEN and team.may_work(deadline.matter_id)
    own = deadline.entered_by_id == person.pk
    unchecked = deadline.awaits_check and team.may_work(deadline.matter_id) and frame.may(request, frame.CONFIRMING)
    may_confirm = works and not deadline.is_confirmed and not own and frame.may(request, frame.CONFIRMING)
    context = {
        "deadline": deadline,
        "reminders": telling.reminded(told, reminders.mail_states(told)),
        "arithmetic": telling.arithmetic(deadline, told, timezone.now()),
        "happenings": telling.happenings(list(book.journal_of(deadline)[:50])),
        "evidence": Document.objects.filter(pk=deadline.evidence_id).first() if deadline.evidence_id else None,
        "own": own,
        "use": plans.use_of(deadline.plan_use_id),
        "shown_as_critical": deadline.is_confirmed and deadline.due_on == timezone.localdate(),
        "may_confirm": may_confirm,
        "may_check": unchecked and deadline.ended_by_id != person.pk,
        "may_reopen": unchecked,
        "asked": extending.pending(deadline) if deadline.state == Deadline.State.OPEN else None,
        "proposal": recomputing.open_proposal(deadline) if deadline.state == Deadline.State.OPEN else None,
        "may_change": works and frame.may(request, frame.ENTERING),
        "may_acknowledge": telling.awaits(told, person.pk),
    }
    return render(request, "deadlines/detail.html", context)


@require_POST
@access.requires(frame.CONFIRMING)
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline, form = frame.load_to_change(public_id), ConfirmForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {"seen": None}
    try:
        entering.confirm_deadline(actor=frame.person(request), deadline=deadline, **said, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Confirmed. Two people answer for this date now."))
    return redirect("deadlines:detail", public_id)


@require_POST
@access.requires(frame.READING)
def acknowledge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    reminding.acknowledge(actor=frame.person(request), deadline=frame.load(public_id), now=timezone.now())
    return redirect("deadlines:detail", public_id) if "stay" in request.POST else redirect("today")


@require_POST
@access.requires(frame.CONFIRMING)
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    try:
        ending.check_done(actor=frame.person(request), deadline=frame.load_to_change(public_id), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Checked. Two people answer for it that this deadline was met."))
    return redirect("deadlines:detail", public_id)


@access.requires(frame.CONFIRMING)
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline, form = frame.load_to_change(public_id), ReopenForm(request.POST or None)
    said = _("Open again; reminders run.")
    return _ended(request, deadline, form, "deadlines/reopen.html", ending.reopen_done, said)


@access.requires(frame.ENTERING)
def done(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load_to_change(public_id)
    documents = Document.objects.filter(matter=deadline.matter_id).order_by("-added_at", "-pk")
    form = DoneForm(request.POST or None, initial={"seen": deadline.due}, documents=documents)
    critical = deadline.criticality == Deadline.Criticality.CRITICAL
    said = _("Marked as done. Somebody else has to check it.") if critical else _("Done. It stays in the book.")
    return _ended(request, deadline, form, "deadlines/done.html", ending.mark_done, said)


@access.requires(frame.ENTERING)
def strike(request: HttpRequest, public_id: UUID) -> HttpResponse:
    deadline = frame.load_to_change(public_id)
    form = StrikeForm(request.POST or None, initial={"seen": deadline.due})
    said = _("Struck. It stays in the book with your reason.")
    return _ended(request, deadline, form, "deadlines/strike.html", ending.strike_deadline, said)


def _ended(  # noqa: PLR0913, PLR0917 - two pages that differ in these
    request: HttpRequest, deadline: Deadline, form: Any, template: str, act: Any, said: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(actor=frame.person(request), deadline=deadline, **form.cleaned_data, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("deadlines:detail", deadline.public_id)
    return render(request, template, {"form": form, "deadline": deadline}, status=422 if form.errors else 200)
