"""Pages of conflict checks: asking, and for the conflicts officer deciding."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import access, audit
from matters.actions import conflicts as actions
from matters.forms.conflicts import AskForm, DecideForm
from matters.models import ConflictCheck
from matters.queries import conflicts as queries

ASK, REVIEW = "matters.run_conflict_check", "matters.review_conflicts"
SHOWN = 100


@access.requires(ASK, REVIEW)
def check_list(request: HttpRequest) -> HttpResponse:
    checks = list(queries.checks().select_related("asked_by")[:SHOWN])
    context = {
        "checks": checks,
        "waiting": sum(check.state == ConflictCheck.State.IN_REVIEW for check in checks),
        "may_ask": _may(request, ASK),
    }
    return render(request, "matters/conflicts/list.html", context)


@access.requires(ASK)
def ask(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            check = actions.ask(
                actor=_user(request),
                terms=form.cleaned_data["names"],
                note=form.cleaned_data["note"],
                now=timezone.now(),
            )
        except actions.TooManyChecks as refusal:
            form.add_error(None, str(refusal))
        else:
            # The same words whatever was found: the answer must not tell that a hidden matter exists.
            messages.success(request, _("Sent for review. The conflicts officer will decide."))
            return redirect("conflicts:detail", public_id=check.public_id)
    return render(request, "matters/conflicts/ask.html", {"form": form})


@access.requires(ASK, REVIEW)
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The asker sees what was asked and decided; hits and note are the officer's."""
    check = get_object_or_404(ConflictCheck.objects.select_related("asked_by", "decided_by"), public_id=public_id)
    if not _may(request, REVIEW):
        return render(request, "matters/conflicts/asked.html", {"check": check, "reason": queries.reason_of(check)})
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, check, form):
        return redirect("conflicts:list")
    audit.read(check)
    context = {"check": check, "form": form, "terms": _by_term(check), "reason": queries.reason_of(check)}
    return render(request, "matters/conflicts/review.html", context)


def _decided(request: HttpRequest, check: ConflictCheck, form: DecideForm) -> bool:
    data = form.cleaned_data
    try:
        actions.decide(
            actor=_user(request), check=check, state=data["state"], reason=data["reason"], now=timezone.now()
        )
    except (actions.AlreadyDecided, actions.NotSearchedYet, actions.OwnCheck) as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Decided. The person who asked sees the decision, not the hits."))
    return True


def _by_term(check: ConflictCheck) -> list[dict[str, Any]]:
    hits = list(queries.hits_of(check))
    return [
        {"term": term, "hits": [hit for hit in hits if hit.term_index == index]}
        for index, term in enumerate(check.terms)
    ]


def _may(request: HttpRequest, permission: str) -> bool:
    return permission in _user(request).role_permissions()


def _user(request: HttpRequest) -> Any:
    return request.user
