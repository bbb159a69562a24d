"""The page of one contact; entering and changing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import countries, normal, panels
from clients.actions import contacts as actions
from clients.forms.contacts import FORMS, ContactForm, EntryForm, ReachForm, new_token
from clients.models import Contact
from clients.queries import confidential, detail, versions
from clients.queries import contacts as queries
from clients.views.loading import contact_or_404
from lawcrm import access

UNPROCESSABLE = 422


@require_GET
@access.requires("clients.view_contact")
def contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loaded = contact_or_404(public_id)
    context = {
        "contact": loaded,
        "country": countries.NAMES.get(loaded.country, loaded.country),
        "detail": detail.of(loaded),
        "panels": panels.of(loaded),
        "may": may(request),
        "sealed": [(Contact._meta.get_field(name), getattr(loaded, f"has_{name}")) for name in confidential.readable()],
    }
    return render(request, "clients/contact.html", context)


def may(request: HttpRequest) -> dict[str, bool]:
    """What the page offers this person; asking anyway is refused by each view."""
    held = request.user.role_permissions()  # type: ignore[union-attr]
    return {
        "change": "clients.change_contact" in held,
        "release": "clients.see_quarantined" in held and "clients.change_contact" in held,
    }


@require_http_methods(["GET", "POST"])
@access.requires("clients.add_contact")
def enter(request: HttpRequest, kind: str) -> HttpResponse:
    today = timezone.localdate()
    posted = request.POST or None
    form = FORMS[kind](posted, today=today, initial={"collected_on": today})
    reach = ReachForm(posted)
    entry = EntryForm(posted, initial={"token": new_token()})
    alike: list[Contact] = []
    if posted and all([form.is_valid(), reach.is_valid(), entry.is_valid()]):
        alike = [] if "anyway" in request.POST else likely_same(form, reach)
        if not alike:
            return _entered(request, form, reach, entry, kind)
    context = {"form": form, "reach": reach, "entry": entry, "kind": kind, "alike": alike}
    return render(request, "clients/enter.html", context, status=UNPROCESSABLE if posted else 200)


def likely_same(form: ContactForm, reach: ReachForm) -> list[Contact]:
    values = form.values()
    normals = [normal.point(point.kind, point.value, values["country"]) for point in reach.points()]
    return queries.like(values["name"], normals)


def _entered(request: HttpRequest, form: ContactForm, reach: ReachForm, entry: EntryForm, kind: str) -> HttpResponse:
    values = {**form.values(), "kind": kind}
    try:
        made = actions.enter_contact(
            actor=request.user,  # type: ignore[arg-type]
            public_id=entry.cleaned_data["token"],
            values=values,
            points=reach.points(),
            address=reach.address(values["country"]),
        )
    except actions.AlreadyEntered as before:
        messages.info(request, str(before))
        made = before.contact
    except actions.NotEntered as refused:
        messages.error(request, str(refused))
        return redirect(request.path)
    else:
        messages.success(request, _("Contact entered."))
    return redirect("clients:detail", public_id=made.public_id)


@require_http_methods(["GET", "POST"])
@access.requires("clients.change_contact")
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loaded = contact_or_404(public_id)
    made = FORMS[loaded.kind]
    before: dict[str, Any] = {name: getattr(loaded, name, None) for name in made.base_fields}
    before["version"] = versions.version_of(loaded, versions.plain())
    form = made(request.POST or None, today=timezone.localdate(), initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_contact(
                actor=request.user,  # type: ignore[arg-type]
                contact=loaded,
                version=form.cleaned_data["version"] or 0,
                values=form.values(),
            )
        except actions.ContactRestricted as refused:
            form.add_error(None, str(refused))
        except actions.ContactChangedMeanwhile as stale:
            form = compared(form, stale)
        else:
            messages.success(request, _("Saved."))
            return redirect("clients:detail", public_id=public_id)
    context = {"form": form, "contact": loaded}
    return render(request, "clients/change.html", context, status=UNPROCESSABLE if form.errors else 200)


def compared(form: ContactForm, stale: actions.ContactChangedMeanwhile) -> ContactForm:
    """The form as typed, on top of what stands now, each difference in words at its field."""
    fresh = type(form)({**dict(form.data.items()), "version": str(stale.version)}, today=form.today)
    fresh.is_valid()
    who = detail.people({stale.changed_by}).get(stale.changed_by, "") if stale.changed_by else ""
    fresh.add_error(None, str(stale) + " " + (_("It was %(who)s.") % {"who": who} if who else ""))
    for name, present in stale.values.items():
        if name in fresh.fields and fresh.cleaned_data.get(name) != present:
            shown = dict(getattr(fresh.fields[name], "choices", ())).get(present, present)
            fresh.add_error(name, _("Now: “%(value)s”. Save again to put yours in its place.") % {"value": shown})
    return fresh


@require_POST
@access.requires("clients.see_quarantined")
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loaded = contact_or_404(public_id)
    actions.release_from_quarantine(actor=request.user, contact=loaded)  # type: ignore[arg-type]
    messages.success(request, _("Taken out of quarantine."))
    return redirect("clients:detail", public_id=public_id)
