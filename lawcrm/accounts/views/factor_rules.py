"""The firm's rules: which role needs which second factor."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import access
from lawcrm.accounts import queries
from lawcrm.accounts.actions.factor_rules import NoPasskeyOfOwn, set_factor_rule
from lawcrm.accounts.factor_rules import RECOMMENDED
from lawcrm.accounts.forms import FactorRuleForm
from lawcrm.accounts.models import GroupKind
from lawcrm.accounts.roles import ROLES
from lawcrm.sign_in import needs_step_up_to_send


@access.requires("accounts.change_factorrule")
def factor_rules(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/factor_rules.html", {"rows": queries.factor_rules()})


@needs_step_up_to_send
@access.requires("accounts.change_factorrule")
def change_factor_rule(request: HttpRequest, name: str) -> HttpResponse:
    role = get_object_or_404(Group, name=name, kind__kind=GroupKind.Kind.ROLE)
    rule = getattr(role, "factor_rule", None)
    form = FactorRuleForm(request.POST or None, instance=rule)
    if form.is_valid():
        user: Any = request.user
        try:
            set_factor_rule(actor=user, role=role, **form.cleaned_data, now=timezone.now())
        except NoPasskeyOfOwn as refusal:
            form.add_error("wanted", str(refusal))
        else:
            messages.success(request, _("Noted. It holds from the next click on."))
            return redirect("accounts:factor_rules")
    context = {"form": form, "role": ROLES[name], "recommended": name in RECOMMENDED}
    return render(request, "accounts/factor_rule.html", context, status=422 if form.errors else 200)
