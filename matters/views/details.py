"""Parties and history of a matter; changing, closing and reopening it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matters.actions import closing, parties
from matters.actions.refused import Refused
from matters.forms.access import ReasonForm
from matters.forms.details import ClosingForm, DetailsForm, PartyForm
from matters.models import Party
from matters.models.levels import Level
from matters.queries import overview, sight
from matters.views import frame

CHANGING = "matters.change_matter"


@require_safe
def party_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id)
    cast = overview.cast_of(opened.matter, former=True)
    return frame.page(opened, "matters/parties.html", "parties", parties=cast.parties, court=cast.court)


def add_party(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.WORK, CHANGING)
    finding = "find" in request.POST
    form = PartyForm(request.POST or None, initial={"since": timezone.localdate()})
    if request.method == "POST" and not finding and form.is_valid():
        values = form.cleaned_data
        try:
            parties.add_party(
                actor=opened.person,
                matter=opened.matter,
                contact=values["contact"],
                role=Party.Role(values["role"]),
                reference=values["reference"],
                since=values["since"],
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Party added."))
            return redirect("matters:parties", public_id)
    status = 422 if form.errors and not finding else 200
    return frame.page(opened, "matters/party_form.html", "parties", status, form=form, finding=finding)


@require_POST
def end_party(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.WORK, CHANGING)
    party = frame.chosen(request, "party", Party.objects.filter(matter=opened.matter))
    if party is None:
        raise Http404
    now = timezone.now()
    try:
        parties.end_party(actor=opened.person, party=party, until=timezone.localdate(now), now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The party has left the matter. It stays in its history."))
    return redirect("matters:parties", public_id)


@require_safe
def history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load_inside(request, public_id)
    return frame.page(
        opened,
        "matters/history.html",
        "history",
        happenings=overview.history_of(opened.matter, opened.holders),
        changes=sight.changes_of(opened.matter),
    )


def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.MANAGE, CHANGING)
    form = DetailsForm(request.POST or None, matter=opened.matter)
    finding = "find" in request.POST
    if not finding and form.is_valid():
        try:
            closing.change_matter(actor=opened.person, matter=opened.matter, wanted=form.details(), now=timezone.now())
        except closing.ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal))
            form.renew(opened.matter)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("matters:detail", public_id)
    status = 422 if form.errors and not finding else 200
    return frame.page(opened, "matters/change.html", "overview", status, form=form)


def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.MANAGE, CHANGING)
    now = timezone.now()
    form = ClosingForm(request.POST or None, today=timezone.localdate(now))
    if form.is_valid():
        values = form.cleaned_data
        try:
            closing.close_matter(
                actor=opened.person,
                matter=opened.matter,
                closed_on=values["closed_on"],
                reason=values["reason"],
                now=now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The matter is closed."))
            return redirect("matters:detail", public_id)
    status = 422 if form.errors else 200
    return frame.page(opened, "matters/close.html", "overview", status, form=form, reopening=False)


def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.MANAGE, CHANGING)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            closing.reopen_matter(
                actor=opened.person, matter=opened.matter, reason=form.cleaned_data["reason"], now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The matter is open again."))
            return redirect("matters:detail", public_id)
    status = 422 if form.errors else 200
    return frame.page(opened, "matters/close.html", "overview", status, form=form, reopening=True)
