"""Who is away: one's own absences, and for those who keep them everybody's."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deadlines.actions import absences as actions
from deadlines.forms.absence import AbsenceForm
from deadlines.queries import absences
from deadlines.views import frame
from lawcrm import access
from matters.actions.refused import Refused

SHOWN = 200


@access.requires(frame.ENTERING, actions.KEEPING)
def absence_list(request: HttpRequest) -> HttpResponse:
    """Colleagues see who is away and who stands in; entering for others needs its own permission."""
    person, today, keeps = frame.person(request), timezone.localdate(), frame.may(request, actions.KEEPING)
    form = AbsenceForm(request.POST or None, user=person, for_others=keeps, today=today, initial={"person": person.pk})
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_absence(actor=person, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Entered. Reminders go to whoever stands in."))
            return redirect("deadlines:absences")
    rows = [(row, keeps or row.person_id == person.pk) for row in absences.absences(today)[:SHOWN]]
    context = {"form": form, "rows": rows}
    return render(request, "deadlines/absences.html", context, status=422 if form.errors else 200)


@require_POST
@access.requires(frame.ENTERING, actions.KEEPING)
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    absence = get_object_or_404(absences.absences(timezone.localdate()), public_id=public_id)
    try:
        actions.remove_absence(actor=frame.person(request), absence=absence)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Removed."))
    return redirect("deadlines:absences")
