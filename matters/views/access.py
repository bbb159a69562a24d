"""Who may see a matter: the team, the walls, the readers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcrm.accounts.models import User
from matters.actions import team, walls
from matters.actions.refused import Refused
from matters.forms.access import GrantForm, ReasonForm, WallForm, WithdrawForm
from matters.models import Matter, Wall
from matters.models.levels import Level
from matters.queries import sight
from matters.views import frame

GRANTING = "matters.grant_access"


@require_safe
def access_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id)
    return frame.page(
        opened,
        "matters/access.html",
        "access",
        grants=sight.grants_of(opened.matter, opened.holders),
        walls=sight.walls_of(opened.matter),
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
            return _done(request, opened.matter, _("Access given."))
    heading, label = _("Give access"), _("Give access")
    return _form(opened, form, heading, label)


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
            return _done(request, opened.matter, _("Access withdrawn."))
    return _form(opened, form, _("Withdraw access"), _("Withdraw access"), kind="danger")


def raise_wall(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.MANAGE, GRANTING)
    form = WallForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        against = [*values["people"], *values.get("groups", [])]
        try:
            walls.raise_wall(
                actor=opened.person,
                matter=opened.matter,
                against=against,
                reason=values["reason"],
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, opened.matter, _("The wall stands, in open sessions too."))
    note = _("A wall beats every grant, also those of groups. Whoever is kept out is not told.")
    return _form(opened, form, _("Raise a wall"), _("Raise wall"), note=note)


@require_POST
def lower_wall(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.MANAGE, GRANTING)
    wall = Wall.objects.filter(matter=opened.matter, pk=frame.number(request, "wall")).first()
    if wall is None:
        raise Http404
    asked = "reason" not in request.POST
    form = ReasonForm() if asked else ReasonForm(request.POST)
    if not asked and form.is_valid():
        try:
            walls.lower_wall(actor=opened.person, wall=wall, reason=form.cleaned_data["reason"], now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, opened.matter, _("The wall is lowered."))
    return _form(opened, form, _("Lower the wall"), _("Lower wall"), kind="danger", wall=wall.pk)


def _form(opened: frame.File, form: Any, heading: str, label: str, **context: Any) -> HttpResponse:
    known = {"note": "", "kind": "main", "wall": "", **context}
    status = 422 if form.errors else 200
    return frame.page(
        opened, "matters/access_form.html", "access", status, form=form, heading=heading, label=label, **known
    )


def _done(request: HttpRequest, matter: Matter, said: str) -> HttpResponse:
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
