"""Who may see a matter: the team, the walls, the readers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions import team
from matters.actions.refused import Refused
from matters.actions.responsibility import EXTENDS
from matters.forms.access import GrantForm, WithdrawForm
from matters.models import Matter
from matters.models.levels import Level
from matters.queries import sight, walls
from matters.views import frame

GRANTING = "matters.grant_access"


@require_safe
def access_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load_inside(request, public_id)
    return frame.page(
        opened,
        "matters/access.html",
        "access",
        grants=sight.grants_of(opened.matter, opened.holders),
        former=sight.former_of(opened.matter, opened.holders),
        may_extend=opened.matter.responsible_id == opened.person.pk and EXTENDS in opened.person.role_permissions(),
        broken=sight.broken_into(opened.matter),
        now=timezone.now(),
        walls=walls.of_matter(opened.matter),
        readers=sight.readers_of(opened.matter, opened.holders),
    )


def grant(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.MANAGE, GRANTING)
    form = GrantForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        try:
            team.grant_access(
                actor=opened.person,
                matter=opened.matter,
                to=values["to"],
                level=Level(values["level"]),
                reason=values["reason"],
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, opened.matter, _("Access given."))
    elif form.is_bound:
        audit.form_refused("matter.access_granted", opened.matter, form)
    heading, label = _("Give access"), _("Give access")
    return form_page(opened, form, heading, label)


def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asked for with the holder in a POST first: ids of people stay out of addresses."""
    opened = frame.load(request, public_id, Level.MANAGE, GRANTING)
    if request.method != "POST":
        return redirect("matters:access", public_id)
    asked = "reason" not in request.POST
    form = WithdrawForm(initial={"holder": request.POST.get("holder")}) if asked else WithdrawForm(request.POST)
    if not asked and form.is_valid():
        holder = _principal(form.cleaned_data["holder"])
        reason = form.cleaned_data["reason"]
        try:
            team.withdraw_access(
                actor=opened.person, matter=opened.matter, to=holder, reason=reason, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return done(request, opened.matter, _("Access withdrawn."))
    elif not asked:
        audit.form_refused("matter.access_withdrawn", opened.matter, form)
    return form_page(opened, form, _("Withdraw access"), _("Withdraw access"), kind="danger")


def form_page(opened: frame.File, form: Any, heading: str, label: str, **context: Any) -> HttpResponse:
    known = {"note": "", "kind": "main", **context}
    status = 422 if form.errors else 200
    return frame.page(
        opened, "matters/access_form.html", "access", status, form=form, heading=heading, label=label, **known
    )


def done(request: HttpRequest, matter: Matter, said: str) -> HttpResponse:
    """Back to the page, or to the list for whoever gave up their own access."""
    messages.success(request, said)
    if Matter.objects.filter(pk=matter.pk).exists():
        return redirect("matters:access", matter.public_id)
    return redirect("matters:list")


def _principal(holder: int) -> team.Principal:
    found: User | Group | None
    found = User.objects.filter(pk=holder).first() if holder > 0 else Group.objects.filter(pk=-holder).first()
    if found is None:
        raise Http404
    return found
