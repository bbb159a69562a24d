"""Walls around matters and clients, and the page of those whom they keep out."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.sign_in import needs_step_up
from matters.actions import notices, walls
from matters.actions.refused import Refused
from matters.forms.access import ReasonForm
from matters.forms.walls import KeptOutForm, WallForm
from matters.models import Matter, Wall
from matters.models.levels import Level
from matters.queries import walls as queries
from matters.views import frame

GRANTING = "matters.grant_access"
CLIENTS = "clients.view_contact"


@needs_step_up
def raise_wall(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.MANAGE, GRANTING)
    form = WallForm(request.POST or None)
    if form.is_valid():
        try:
            wall = walls.raise_wall(
                actor=opened.person,
                matter=opened.matter,
                against=form.against(),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
                terms=form.terms(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, wall, _said(wall))
    elif form.is_bound:
        audit.form_refused("matter.wall_raised", opened.matter, form)
    lede = _("It beats every grant, also those of groups, from its first moment on and in open sessions too.")
    return _page(request, form, opened.matter, _("Raise a wall"), _("Raise wall"), lede=lede)


@require_safe
def client_walls(request: HttpRequest, contact: UUID) -> HttpResponse:
    """For those who may raise one; others meet the walls on the matters they see."""
    found = _client(request, contact)
    audit.read(found, what="walls")
    context = {"contact": found, "walls": queries.of_contact(found), "may_change": True}
    return render(request, "matters/client_walls.html", context)


@needs_step_up
def raise_client_wall(request: HttpRequest, contact: UUID) -> HttpResponse:
    found = _client(request, contact)
    form = WallForm(request.POST or None)
    if form.is_valid():
        try:
            wall = walls.raise_client_wall(
                actor=_person(request),
                contact=found,
                against=form.against(),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
                terms=form.terms(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, wall, _said(wall))
    elif form.is_bound:
        audit.form_refused("contact.wall_raised", _person(request), form)
    lede = _("It closes the contact and every matter in which it is the client, those opened later included.")
    return _page(request, form, found, _("Raise a wall around this client"), _("Raise wall"), lede=lede)


@require_POST
@needs_step_up
def change_wall(request: HttpRequest) -> HttpResponse:
    """Asked for with the wall in a POST first: inner ids stay out of addresses."""
    wall = _wall(request)
    asked = "reason" not in request.POST
    given: dict[str, Any] = {"initial": KeptOutForm.as_it_stands(wall)} if asked else {"data": request.POST}
    form = KeptOutForm(wall=wall, **given)
    if not asked and form.is_valid():
        try:
            walls.change_wall(
                actor=_person(request),
                wall=wall,
                against=form.against(),
                ends_at=form.ends_at(),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, wall, _("The wall is changed."))
    elif not asked:
        audit.form_refused("wall.changed", wall, form)
    return _page(request, form, _around(wall), _("Change the wall"), _("Change wall"), wall=wall)


@require_POST
@needs_step_up
def lower_wall(request: HttpRequest) -> HttpResponse:
    wall = _wall(request)
    asked = "reason" not in request.POST
    form = ReasonForm() if asked else ReasonForm(request.POST)
    if not asked and form.is_valid():
        try:
            walls.lower_wall(actor=_person(request), wall=wall, reason=form.cleaned_data["reason"], now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, wall, _("The wall is lowered."))
    elif not asked:
        audit.form_refused("wall.lowered", wall, form)
    return _page(request, form, _around(wall), _("Lower the wall"), _("Lower wall"), wall=wall, kind="danger")


@require_http_methods(["GET", "POST"])
def notice_list(request: HttpRequest) -> HttpResponse:
    """What this person was asked to acknowledge; of the walls themselves they learn nothing."""
    rows = queries.notices_of(request.user.pk or 0)
    if request.method == "POST":
        notice = frame.chosen(request, "notice", rows)
        if notice is None:
            raise Http404
        try:
            notices.acknowledge(actor=_person(request), notice=notice, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Acknowledged. Nothing more is asked of you."))
        return redirect("matters:notices")
    return render(request, "matters/notices.html", {"notices": rows})


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _wall(request: HttpRequest) -> Wall:
    """Hidden and missing are both 404; then whoever may raise one there may change it."""
    wall = frame.chosen(request, "wall", Wall.objects.all())
    if wall is None or _person(request).is_external:
        raise Http404
    around = _around(wall)
    if isinstance(around, Matter):
        frame.load(request, around.public_id, Level.MANAGE, GRANTING)
    else:
        _client(request, around.public_id)
    return wall


def _around(wall: Wall) -> Matter | Contact:
    around = wall.matter or wall.contact
    if around is None:
        raise Http404
    return around


def _client(request: HttpRequest, public_id: UUID) -> Contact:
    held = _person(request).role_permissions()
    contact = Contact.objects.filter(public_id=public_id).first() if CLIENTS in held else None
    if contact is None:
        raise Http404
    if GRANTING not in held:
        raise PermissionDenied(_("Your role does not include this. An administrator can tell you who may do it."))
    if not queries.manages_client(contact):
        raise PermissionDenied(_("Only those who manage a matter of this client may do this."))
    return contact


def _page(
    request: HttpRequest, form: Any, around: Matter | Contact, title: str, label: str, **given: Any
) -> HttpResponse:
    audit.read(around)
    context = {"form": form, "title": title, "label": label, "back": _back(around), "name": _name(around)}
    known = {"lede": "", "kind": "main", "wall": None}
    return render(request, "matters/wall_form.html", {**known, **context, **given}, status=422 if form.errors else 200)


def _said(wall: Wall) -> str:
    if wall.starts_at > timezone.now():
        return _("The wall is planned and goes up by itself.")
    return _("The wall stands, in open sessions too.")


def _back(around: Matter | Contact) -> str:
    if isinstance(around, Matter):
        return reverse("matters:access", args=[around.public_id])
    return reverse("matters:client_walls", args=[around.public_id])


def _name(around: Matter | Contact) -> str:
    return around.title if isinstance(around, Matter) else around.name


def _done(request: HttpRequest, wall: Wall, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(_back(_around(wall)))


def unanswered_card(request: HttpRequest) -> dict[str, Any] | None:
    """On the front page: what this person is asked, and who does not answer at walls they raised."""
    found = queries.to_tell(request.user.pk or 0)
    late = [notice for notice in found if notice.user_id != request.user.pk]
    return {"asked": len(found) - len(late), "late": late[:5]} if found else None


def of_contact(contact: Contact) -> dict[str, Any] | None:
    """The card on a contact's page, for those who may raise a wall there."""
    if contact.is_directory or access.required().user_id is None or not queries.manages_client(contact):
        return None
    return {"walls": [shown for shown in queries.of_contact(contact) if shown.is_open]}
