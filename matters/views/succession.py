"""Handing over what somebody answers for: one's own matters, or those one manages with a person who has left."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from lawcrm import audit
from lawcrm.access import requires
from lawcrm.accounts.models import User
from lawcrm.sign_in import needs_step_up_to_send
from matters.actions import succession
from matters.forms.succession import HandOverForm
from matters.queries import succession as queries

ANSWERING = queries.ANSWERING


@require_safe
@requires(ANSWERING)
def people(request: HttpRequest) -> HttpResponse:
    """Those who left with something open in matters this person manages; and the person's own."""
    actor: Any = request.user
    return render(request, "matters/succession_people.html", {"people": queries.left_in_managed(), "person": actor})


@requires(ANSWERING)
@needs_step_up_to_send
def hand_over(request: HttpRequest, person: UUID) -> HttpResponse:
    actor: Any = request.user
    user = get_object_or_404(User, public_id=person)
    bundles = queries.bundles(user)
    if user != actor and (not bundles or (user.is_active and not user.has_ended)):
        raise Http404
    form = HandOverForm(request.POST or None, leaver=user, bundles=bundles)
    if form.is_valid():
        try:
            walled = succession.hand_over(actor=actor, user=user, now=timezone.now(), **form.cleaned_data)
        except audit.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, user, form.cleaned_data["to"], len(walled))
    elif form.is_bound:
        audit.form_refused("accounts.handed_over", user, form)
    context = {"person": user, "form": form, "bundles": bundles, "own": user == actor}
    return render(request, "matters/succession.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, user: User, to: User, walled: int) -> HttpResponse:
    messages.success(request, _("Handed over to %(name)s.") % {"name": to.full_name})
    if walled:
        text = ngettext(
            "%(n)d matter stays: a wall keeps %(name)s out. Choose somebody else for it.",
            "%(n)d matters stay: a wall keeps %(name)s out. Choose somebody else for them.",
            walled,
        )
        messages.warning(request, text % {"n": walled, "name": to.full_name})
        return redirect("matters:hand_over", user.public_id)
    return redirect("matters:successions")
