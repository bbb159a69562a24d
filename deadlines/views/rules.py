"""The rules by which the book computes: reading, approving and changing them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from deadlines.actions import rulebook as actions
from deadlines.forms.rules import ApproveForm, OverrideForm, WithdrawForm
from deadlines.models import RuleApproval, RuleOverride
from deadlines.queries import rulebook
from deadlines.views import frame
from lawcrm import access
from matters.actions.refused import Refused


@require_safe
@access.requires(frame.ENTERING)
def rule_list(request: HttpRequest) -> HttpResponse:
    """One pack at a time; the first one where the address names none."""
    found = rulebook.entries()
    names = list(dict.fromkeys(entry.pack for entry in found))
    asked = request.GET.get("pack", "")
    pack = asked if asked in names else names[0]
    url = reverse("deadlines:rules")
    tabs = [{"label": name, "url": f"{url}?pack={name}", "current": name == pack} for name in names]
    rows = [entry for entry in found if entry.pack == pack]
    return render(request, "deadlines/rules.html", {"rows": rows, "tabs": tabs, "version": rows[0].version})


@require_safe
@access.requires(frame.ENTERING)
def rule(request: HttpRequest, rule: str) -> HttpResponse:
    """All versions of one rule, each with who stands by it."""
    found = _entries(rule)
    context = {
        "code": rule,
        "entries": [(entry, ApproveForm(initial={"sha256": entry.sha256}, prefix="")) for entry in found],
        "may_approve": frame.may(request, actions.APPROVING),
        "may_change": frame.may(request, actions.KEEPING),
    }
    return render(request, "deadlines/rule.html", context)


@require_POST
@access.requires(actions.APPROVING)
def approve(request: HttpRequest, rule: str) -> HttpResponse:
    _entries(rule)
    form = ApproveForm(request.POST)
    try:
        if not form.is_valid():
            messages.error(request, _("Say how you checked the rule."))
            return redirect("deadlines:rule", rule)
        actions.approve_rule(actor=frame.person(request), code=rule, **form.cleaned_data, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Approved. You stand by this wording of the rule."))
    return redirect("deadlines:rule", rule)


@access.requires(actions.KEEPING)
def override(request: HttpRequest, rule: str) -> HttpResponse:
    """Of the version named in the address, else of the latest."""
    found = _entries(rule)
    entry = next((one for one in found if one.sha256 == request.GET.get("version")), found[-1])
    form = OverrideForm(request.POST or None, initial=OverrideForm.start(entry.rule, entry.sha256))
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = {"sha256": form.cleaned_data["sha256"], "reason": form.cleaned_data["reason"]}
        try:
            actions.override_rule(
                actor=frame.person(request), code=rule, changes=form.changes(), **said, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Changed, and a draft until another lawyer approves it. No date has moved."))
            return redirect("deadlines:rule", rule)
    context = {"form": form, "entry": entry, "code": rule}
    return render(request, "deadlines/override_rule.html", context, status=422 if form.errors else 200)


@access.requires(actions.APPROVING)
def withdraw_approval(request: HttpRequest, public_id: UUID) -> HttpResponse:
    approval = get_object_or_404(RuleApproval, public_id=public_id, withdrawn_at=None)
    said = _("Withdrawn. The rule is a draft again.")
    return _withdrawn(request, approval.code, actions.withdraw_approval, {"approval": approval}, said)


@access.requires(actions.KEEPING)
def withdraw_override(request: HttpRequest, public_id: UUID) -> HttpResponse:
    changed = get_object_or_404(RuleOverride, public_id=public_id, withdrawn_at=None)
    said = _("Withdrawn. The rule of the pack counts again; no date has moved.")
    return _withdrawn(request, changed.code, actions.withdraw_override, {"override": changed}, said)


def _withdrawn(request: HttpRequest, code: str, act: Any, thing: dict[str, Any], said: str) -> HttpResponse:
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(actor=frame.person(request), **thing, **form.cleaned_data, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("deadlines:rule", code)
    context = {"form": form, "code": code, "is_approval": "approval" in thing}
    return render(request, "deadlines/withdraw_rule.html", context, status=422 if form.errors else 200)


def _entries(code: str) -> list[rulebook.Entry]:
    if found := rulebook.entries(code):
        return found
    raise Http404
