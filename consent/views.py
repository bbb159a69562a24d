"""Pages of consents: a contact's, the purposes', and the one behind a withdrawal link."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Contact
from consent import actions, links, queries
from consent.forms import NewWordingForm, PurposeForm, RecordForm, WithdrawForm
from consent.models import Consent, Purpose
from lawcrm import access, audit
from lawcrm.sign_in import open_to_anyone


@access.requires("consent.view_consent")
def of_contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    contact = get_object_or_404(Contact, public_id=public_id)
    audit.read(contact, "consents")
    context = {"contact": contact, "standing": queries.standing_of(contact), "may_record": _may(request)}
    return render(request, "consent/of_contact.html", context)


def _may(request: HttpRequest) -> bool:
    return "consent.record_consent" in _user(request).role_permissions()


def _user(request: HttpRequest) -> Any:
    return request.user


@access.requires("consent.record_consent")
def record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    contact = get_object_or_404(Contact, public_id=public_id)
    audit.read(contact, "consents")
    form = RecordForm(request.POST or None, contact=contact)
    if request.method == "POST" and form.is_valid() and _recorded(request, contact, form):
        return redirect("consent:of_contact", public_id=public_id)
    wordings = queries.current_wordings()
    return render(request, "consent/record.html", {"contact": contact, "form": form, "wordings": wordings})


def _recorded(request: HttpRequest, contact: Contact, form: RecordForm) -> bool:
    data = dict(form.cleaned_data)
    confirm_to = data.pop("confirm_to")
    try:
        consent = actions.record_consent(actor=_user(request), contact=contact, now=timezone.now(), **data)
    except actions.ConsentRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    if confirm_to is not None:
        actions.send_confirmation(consent=consent, point=confirm_to)
    messages.success(request, _("The consent is recorded."))
    return True


@access.requires("consent.record_consent")
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A withdrawal the person told the firm; no harder than recording was."""
    consent = get_object_or_404(Consent.objects.select_related("purpose"), public_id=public_id)
    form = WithdrawForm(request.POST or None)
    contact = get_object_or_404(Contact, pk=consent.contact_id)
    audit.read(contact, "consents")
    if request.method == "POST" and form.is_valid():
        actions.withdraw_consent(actor=_user(request), consent=consent, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The withdrawal is recorded. It holds from now on."))
        return redirect("consent:of_contact", public_id=contact.public_id)
    return render(request, "consent/withdraw.html", {"consent": consent, "contact": contact, "form": form})


@open_to_anyone
def withdraw_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link shows a button, since mail programs open links by themselves; pressing it withdraws."""
    public_id = links.consent_id_of(token)
    if public_id is None:
        raise Http404
    with access.as_system("withdrawal by link", source="link"):
        consent = Consent.objects.select_related("purpose").filter(public_id=public_id).first()
    if consent is None:
        raise Http404
    if request.method == "POST":
        actions.withdraw_by_link(consent=consent, now=timezone.now())
        return redirect(request.path)
    withdrawn = consent.state == Consent.State.WITHDRAWN
    return render(request, "consent/by_link.html", {"purpose": consent.purpose, "withdrawn": withdrawn})


@access.requires("consent.view_consent")
def purposes(request: HttpRequest) -> HttpResponse:
    rows = list(Purpose.objects.order_by("name"))
    may_manage = "consent.manage_purposes" in _user(request).role_permissions()
    return render(request, "consent/purposes.html", {"purposes": rows, "may_manage": may_manage})


@access.requires("consent.manage_purposes")
def new_purpose(request: HttpRequest) -> HttpResponse:
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        purpose = actions.add_purpose(actor=_user(request), **form.cleaned_data)
        return redirect("consent:purpose", public_id=purpose.public_id)
    return render(request, "consent/new_purpose.html", {"form": form})


@access.requires("consent.view_consent")
def purpose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(Purpose, public_id=public_id)
    wordings = list(found.wordings.order_by("language", "-version"))
    return render(request, "consent/purpose.html", {"purpose": found, "wordings": wordings})


@access.requires("consent.manage_purposes")
def new_wording(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(Purpose, public_id=public_id)
    form = NewWordingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_wording(actor=_user(request), purpose=found, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The new wording is in use. Earlier consents keep theirs."))
        return redirect("consent:purpose", public_id=public_id)
    return render(request, "consent/new_wording.html", {"purpose": found, "form": form})
