"""Pages of a takeover: what waits, by number alone; asking for one; the second person's answer."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lawcrm import access, audit, today, ui
from lawcrm.access import requires
from lawcrm.accounts.models import User
from lawcrm.sign_in import needs_step_up, needs_step_up_to_send
from matters.actions import takeover as actions
from matters.actions import takeover_notice
from matters.forms.takeover import AnswerForm, AskTakeoverForm
from matters.models import Takeover
from matters.queries import takeover as queries


def _person(request: HttpRequest) -> User:
    """Never an administrator, whatever else they are."""
    person = cast("User", request.user)
    if person.keeps_accounts or person.is_external:
        raise PermissionDenied(str(actions.NotPartner()))
    return person


@require_safe
@requires(queries.ASKING, queries.CONFIRMING)
def takeovers(request: HttpRequest) -> HttpResponse:
    may_ask = queries.ASKING in _person(request).role_permissions()
    return render(request, "matters/takeover/list.html", {"things": queries.things(), "may_ask": may_ask})


@requires(queries.ASKING)
@needs_step_up_to_send
def ask(request: HttpRequest, thing: str) -> HttpResponse:
    actor = _person(request)
    found = next((each for each in queries.things() if each.key == thing), None)
    if found is None:
        raise Http404
    form = AskTakeoverForm(request.POST or None, thing=found)
    if form.is_valid():
        values = form.cleaned_data
        what: dict[str, Any] = {"leaver": found.leaver, "matter": found.matter, "successor": values["to"]}
        try:
            actions.ask(actor=actor, reason=values["reason"], now=timezone.now(), **what)
        except audit.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Asked. A second person has to confirm."))
            return redirect("matters:takeovers")
    elif form.is_bound:
        audit.form_refused("matter.takeover_asked", found.leaver, form)
    status = 422 if form.errors else 200
    return render(request, "matters/takeover/ask.html", {"thing": found, "form": form}, status=status)


@requires(queries.CONFIRMING)
@needs_step_up
def answer(request: HttpRequest, takeover: UUID) -> HttpResponse:
    actor = _person(request)
    row = get_object_or_404(Takeover.objects.select_related("leaver", "successor", "asked_by"), public_id=takeover)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        declined = "decline" in request.POST
        act = actions.decline if declined else actions.confirm
        try:
            act(actor=actor, takeover=row, reason=form.cleaned_data["reason"], now=timezone.now())
        except audit.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Declined.") if declined else _("Confirmed."))
            return redirect("matters:takeovers")
    elif form.is_bound:
        audit.form_refused(f"matter.{'takeover_declined' if 'decline' in request.POST else 'taken_over'}", row, form)
    context = {"takeover": row, "number": queries.number_of(row), "form": form}
    return render(request, "matters/takeover/answer.html", context, status=422 if form.errors else 200)


def card(request: HttpRequest) -> dict[str, Any] | None:
    """On the front page of partners: how much waits. Nobody else is asked about."""
    person = cast("User", request.user)
    if person.is_external or queries.ASKING not in person.role_permissions() or person.keeps_accounts:
        return None
    left = queries.by_leaver(access.required().principals)
    counts = {"matters": sum(one.matters for one in left), "contacts": sum(one.contacts for one in left)}
    return counts if left else None


def register() -> None:
    takeover_notice.register()
    today.add(62, card, "matters/takeover/card.html")
    ui.commands.add("matters:takeovers", gettext_lazy("Takeovers"), "users", permission=queries.CONFIRMING, order=66)
