"""Pages about changing how somebody signs in: asking, confirming, and objecting."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcrm import access, audit
from lawcrm.access import requires
from lawcrm.accounts import change_notices, queries
from lawcrm.accounts.actions import account_changes
from lawcrm.accounts.forms import AskChangeForm, SealedCodeForm
from lawcrm.accounts.models import AccountChange, User
from lawcrm.accounts.views.leaving import ADMINISTERING
from lawcrm.sign_in import needs_step_up, needs_step_up_to_send, open_to_anyone

SHOWN = 100


@require_safe
@requires(ADMINISTERING)
def changes(request: HttpRequest) -> HttpResponse:
    rows = list(queries.open_changes()[:SHOWN])
    now = timezone.now()
    others = queries.settled_administrators(now, apart_from=(request.user.pk or 0,))
    alone = not queries.able_to_sign_in(others, now)
    context = {"changes": rows, "alone": alone, "form": SealedCodeForm()}
    return render(request, "accounts/changes.html", context)


@requires(ADMINISTERING)
@needs_step_up_to_send
def ask(request: HttpRequest, person: UUID) -> HttpResponse:
    user = get_object_or_404(User, public_id=person)
    form = AskChangeForm(request.POST or None)
    actor: Any = request.user
    if form.is_valid():
        try:
            account_changes.ask(actor=actor, user=user, now=timezone.now(), **form.cleaned_data)
        except audit.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Asked. Another administrator confirms it."))
            return redirect("accounts:changes")
    context = {"person": user, "form": form}
    return render(request, "accounts/ask_change.html", context, status=422 if form.errors else 200)


@require_POST
@requires(ADMINISTERING)
@needs_step_up
def confirm(request: HttpRequest, change: UUID) -> HttpResponse:
    """As the second administrator, or with a code of the envelope where there is none."""
    found = get_object_or_404(AccountChange, public_id=change)
    facts: dict[str, Any] = {"actor": request.user, "change": found, "now": timezone.now()}
    code = request.POST.get("code", "")
    try:
        if code:
            account_changes.confirm_by_envelope(code=code, **facts)
        else:
            account_changes.confirm(**facts)
    except audit.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Confirmed. It goes to the person alone."))
    return redirect("accounts:changes")


@require_POST
@requires(ADMINISTERING)
def stop(request: HttpRequest, change: UUID) -> HttpResponse:
    """Thinking again needs nobody else."""
    found = get_object_or_404(AccountChange, public_id=change)
    try:
        account_changes.stop(change=found, now=timezone.now())
    except audit.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:changes")


@open_to_anyone
def object_to_change(request: HttpRequest, token: str) -> HttpResponse:
    """By the link in the mail, also for whoever cannot sign in any more."""
    change = change_notices.change_of(token)
    if change is None:
        return render(request, "accounts/link_expired.html", status=410)
    if request.method == "POST" and change.is_open:
        with access.as_user(change.user):
            account_changes.stop(change=change, now=timezone.now())
        change.refresh_from_db()
    return render(request, "accounts/object_to_change.html", {"change": change})
