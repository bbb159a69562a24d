"""Editing the names, contact points and addresses of a contact; sharing one with another contact."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients.actions import reach as actions
from clients.actions.contacts import ContactRestricted
from clients.forms.reach import AddressForm, NameForm, PartForm, PointForm, VersionForm, formset
from clients.models import Address, ContactName, ContactPoint
from clients.queries import contacts as queries
from clients.views.loading import contact_or_404
from lawcrm import access

UNPROCESSABLE = 422


@dataclass(frozen=True)
class Noun:
    """One list on a contact: its model, its row form and its words."""

    model: type[actions.Part]
    form: type[PartForm]
    title: str | Promise
    lede: str | Promise


NOUNS = {
    "names": Noun(
        ContactName,
        NameForm,
        gettext_lazy("Names of %(name)s"),
        gettext_lazy("Every name borne now or earlier; search and conflict checks find them all."),
    ),
    "points": Noun(
        ContactPoint,
        PointForm,
        gettext_lazy("Where %(name)s is reached"),
        gettext_lazy("E-mail addresses, numbers and sites. Letters and mails go to the preferred one."),
    ),
    "addresses": Noun(
        Address,
        AddressForm,
        gettext_lazy("Addresses of %(name)s"),
        gettext_lazy("A household or office may share one; it then changes for all of them."),
    ),
}


@require_http_methods(["GET", "POST"])
@access.requires("clients.change_contact")
def parts(request: HttpRequest, public_id: UUID, noun: str) -> HttpResponse:
    contact, kind = contact_or_404(public_id), NOUNS[noun]
    posted = request.POST or None
    standing = _standing(contact, kind)
    version = actions.changes_so_far(contact, kind.model)
    own = VersionForm(posted, initial={"version": version})
    rows = formset(kind.form)(posted, initial=standing, prefix="row")
    problem = ""
    if posted and all([own.is_valid(), rows.is_valid()]):
        problem = _rewritten(request, contact, kind, own, rows)
        if not problem:
            messages.success(request, _("Saved."))
            return redirect("clients:detail", public_id=public_id)
        own = VersionForm(initial={"version": version, "spread": own.cleaned_data["spread"]})
    context = {
        "contact": contact,
        "title": kind.title % {"name": contact.name},
        "lede": kind.lede,
        "own": own,
        "rows": rows,
        "problem": problem,
        "standing": standing if problem else [],
        "shares": noun != "names",
    }
    return render(request, "clients/parts.html", context, status=UNPROCESSABLE if posted else 200)


def _standing(contact: Any, kind: Noun) -> list[dict[str, Any]]:
    names = list(kind.form.base_fields)
    return list(kind.model.objects.filter(contact=contact).order_by("pk").values(*names))


def _rewritten(request: HttpRequest, contact: Any, kind: Noun, own: VersionForm, rows: Any) -> str:
    kept = [
        {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
        for form in rows
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]
    try:
        actions.rewrite_parts(
            actor=request.user,  # type: ignore[arg-type]
            contact=contact,
            model=kind.model,
            version=own.cleaned_data["version"],
            rows=kept,
            spread=own.cleaned_data["spread"],
        )
    except (actions.PartsChangedMeanwhile, ContactRestricted) as refused:
        return str(refused)
    return ""


@require_http_methods(["GET", "POST"])
@access.requires("clients.change_contact")
def share(request: HttpRequest, public_id: UUID, share_id: UUID) -> HttpResponse:
    """Look for the other contact, then choose it: both posted."""
    contact = contact_or_404(public_id)
    part = _part_or_404(contact, share_id)
    if "to" in request.POST:
        target = contact_or_404(_uuid_or_404(request.POST["to"]))
        try:
            actions.share_part(actor=request.user, part=part, to=target)  # type: ignore[arg-type]
        except (actions.AlreadyShared, ContactRestricted) as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Shared."))
            return redirect("clients:detail", public_id=public_id)
    text = request.POST.get("q", "").replace("\0", "").strip()[:200]
    found = queries.search_page(queries.filtered(text=text).exclude(pk=contact.pk)).rows if text else []
    shown = part.value if isinstance(part, ContactPoint) else f"{part.lines}, {part.city}"
    return render(request, "clients/share.html", {"contact": contact, "shown": shown, "text": text, "found": found})


def _part_or_404(contact: Any, share_id: UUID) -> ContactPoint | Address:
    for model in (ContactPoint, Address):
        if (part := model.objects.filter(contact=contact, share_id=share_id).first()) is not None:
            return part
    raise Http404


def _uuid_or_404(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
