"""The calendars of the courts: looking at them, and saying what the firm knows better."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deadlines.actions import holidays as actions
from deadlines.forms.holidays import HolidayForm, WithdrawForm, year_of
from deadlines.models import HolidayCalendar, OwnHoliday
from deadlines.queries import calendars
from deadlines.views import frame
from lawcrm import access
from matters.actions.refused import Refused


@require_safe
@access.requires(frame.ENTERING, actions.KEEPING)
def calendar_list(request: HttpRequest) -> HttpResponse:
    return render(request, "deadlines/calendars.html", {"rows": list(calendars.calendars())})


@access.requires(frame.ENTERING, actions.KEEPING)
def calendar(request: HttpRequest, place: str) -> HttpResponse:
    """One year of it; whoever keeps the calendars may say something of a day."""
    found = get_object_or_404(HolidayCalendar, code=place)
    keeps = frame.may(request, actions.KEEPING)
    if request.method == "POST" and not keeps:
        raise PermissionDenied(str(actions.NotTheKeeper()))
    form = HolidayForm(request.POST or None) if keeps else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            said = actions.enter_holiday(
                actor=frame.person(request), calendar=found, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Entered. Dates in the book stay as they are until somebody accepts new ones."))
            return redirect(f"{reverse('deadlines:calendar', args=[place])}?year={said.day.year}")
    year = year_of(request.GET.get("year", ""), found.first_on.year, found.last_on.year, timezone.localdate().year)
    context = {"calendar": found, "year": year, "rows": calendars.year_of(found, year), "form": form}
    context |= {"before": max(year - 1, found.first_on.year), "after": min(year + 1, found.last_on.year)}
    status = 422 if form is not None and form.errors else 200
    return render(request, "deadlines/calendar.html", context, status=status)


@access.requires(actions.KEEPING)
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    said = get_object_or_404(OwnHoliday.objects.select_related("calendar"), public_id=public_id, withdrawn_at=None)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_holiday(actor=frame.person(request), said=said, **form.cleaned_data, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Withdrawn. The published calendar counts again for this day."))
            return redirect(f"{reverse('deadlines:calendar', args=[said.calendar.code])}?year={said.day.year}")
    context = {"form": form, "said": said}
    return render(request, "deadlines/withdraw_holiday.html", context, status=422 if form.errors else 200)
