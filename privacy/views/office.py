"""Pages of the privacy office: plan, holds, certificates, restriction, schedule."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.sign_in import needs_step_up
from privacy.actions import holds as hold_actions
from privacy.actions import retention
from privacy.forms.office import HoldForm, LiftForm, ReasonForm
from privacy.models import Certificate, ErasureItem, Hold, RetentionRule
from privacy.queries import erasing as queries
from privacy.views.frame import SHOWN, may, page, user_of


@access.requires("privacy.view_plan", "privacy.release_plan")
def plan(request: HttpRequest) -> HttpResponse:
    items = list(queries.plan().select_related("proposed_by", "released_by")[:SHOWN])
    waiting = sum(item.state == ErasureItem.State.PROPOSED for item in items)
    return page(request, "plan", "plan", items=items, waiting=waiting)


@access.requires("privacy.view_plan", "privacy.release_plan")
def item(request: HttpRequest, public_id: UUID) -> HttpResponse:
    entry = get_object_or_404(ErasureItem.objects.select_related("proposed_by", "released_by"), public_id=public_id)
    own = entry.proposed_by_id == request.user.pk
    return page(request, "item", "plan", item=entry, own=own, goes=queries.what_goes(entry))


@require_POST
@needs_step_up
@access.requires("privacy.view_plan", "privacy.release_plan")
def put_forward(request: HttpRequest, public_id: UUID) -> HttpResponse:
    entry = get_object_or_404(ErasureItem, public_id=public_id)
    return _decided(request, entry, lambda: retention.put_forward(actor=user_of(request), item=entry))


@require_POST
@needs_step_up
@access.requires("privacy.release_plan")
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    entry = get_object_or_404(ErasureItem, public_id=public_id)
    return _decided(request, entry, lambda: retention.release(actor=user_of(request), item=entry, now=timezone.now()))


def _decided(request: HttpRequest, entry: ErasureItem, act: Any) -> HttpResponse:
    try:
        act()
    except retention.PlanRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Matter %(number)s: noted.") % {"number": entry.matter_number})
    return redirect("privacy:item", public_id=entry.public_id)


@access.requires("privacy.view_plan")
def holds(request: HttpRequest) -> HttpResponse:
    rows = list(queries.holds_in_force()[:SHOWN])
    return page(request, "holds", "holds", holds=queries.with_numbers(rows), may_place=may(request, "place_hold"))


@access.requires("privacy.place_hold")
def new_hold(request: HttpRequest) -> HttpResponse:
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            hold_actions.place_hold(
                actor=user_of(request), matter=data["matter_number"], reason=data["reason"], now=timezone.now()
            )
        except hold_actions.HoldRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The hold is in force. Nothing of this matter will be erased."))
            return redirect("privacy:holds")
    return page(request, "new_hold", "holds", form=form)


@needs_step_up
@access.requires("privacy.place_hold")
def release_hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    hold = get_object_or_404(Hold, public_id=public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            hold_actions.release_hold(
                actor=user_of(request), hold=hold, reason=form.cleaned_data["reason"], now=timezone.now()
            )
        except hold_actions.HoldRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The hold is released. The matter starts over on the retention plan."))
            return redirect("privacy:holds")
    return page(request, "release_hold", "holds", form=form, hold=hold)


@access.requires("privacy.view_certificates")
def certificates(request: HttpRequest) -> HttpResponse:
    return page(request, "certificates", "certificates", certificates=list(queries.certificates()[:SHOWN]))


@access.requires("privacy.view_certificates")
def certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(Certificate.objects.select_related("proposed_by", "released_by"), public_id=public_id)
    return page(request, "certificate", "certificates", certificate=found)


@access.requires("privacy.restrict_person")
def restriction(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Restrict the processing of a contact, or lift it."""
    contact = get_object_or_404(Contact, public_id=public_id)
    audit.read(contact)
    form_class: type[forms.Form] = LiftForm if contact.is_restricted else ReasonForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _restrict_or_lift(request, contact, form.cleaned_data)
        except hold_actions.RestrictionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Noted. It holds from now on."))
            return redirect("privacy:restriction", public_id=public_id)
    return page(request, "restriction", "", form=form, contact=contact)


def _restrict_or_lift(request: HttpRequest, contact: Contact, data: dict[str, Any]) -> None:
    if contact.is_restricted:
        hold_actions.lift_restriction(
            actor=user_of(request), contact=contact, reason=data["reason"], person_told=data["person_told"]
        )
    else:
        hold_actions.restrict_contact(
            actor=user_of(request), contact=contact, reason=data["reason"], now=timezone.now()
        )


@access.requires("privacy.view_plan")
def schedule(request: HttpRequest) -> HttpResponse:
    rules = RetentionRule.objects.order_by("jurisdiction", "code", "-valid_from")
    return page(request, "schedule", "schedule", rules=list(rules))
