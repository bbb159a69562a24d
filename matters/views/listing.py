"""The list of matters, its search, and the answer to the palette."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.forms.listing import FilterForm
from matters.queries import break_glass, listing

LONGEST_SEARCH = 100


@require_safe
@access.requires("matters.view_matter")
def matter_list(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    chosen = form.chosen()
    found = listing.page_of(
        **_filters(request, chosen), before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    context = {
        **_frame(request, form, chosen, found),
        "newer_url": _at(chosen, after=found.newer),
        "older_url": _at(chosen, before=found.older),
    }
    return render(request, "matters/list.html", context)


@access.requires("matters.view_matter")
def search(request: HttpRequest) -> HttpResponse:
    """Posted, because titles name people; filters go along in the address."""
    words = request.POST.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    form = FilterForm(request.GET)
    chosen = form.chosen()
    if not words:
        return redirect(_at(chosen) or reverse("matters:list"))
    found = listing.search_page(listing.found(listing.filtered(**_filters(request, chosen)), words))
    context = {**_frame(request, form, chosen, found), "words": words, "newer_url": "", "older_url": ""}
    return render(request, "matters/list.html", {**context, "narrow": bool(found.older)})


def _filters(request: HttpRequest, chosen: dict[str, str]) -> dict[str, Any]:
    mine = cast("User", request.user).pk if chosen.get("mine") else None
    return {"state": chosen.get("state", ""), "matter_type": chosen.get("matter_type", ""), "responsible_id": mine}


def _frame(request: HttpRequest, form: FilterForm, chosen: dict[str, str], found: listing.Page) -> dict[str, Any]:
    person = cast("User", request.user)
    audit.read_listed(row.matter for row in found.rows)
    return {
        "form": form,
        "rows": found.rows,
        "count": counted(found.count),
        "words": "",
        "narrow": False,
        "clear_url": reverse("matters:list") if chosen else "",
        "search_url": f"{reverse('matters:search')}?{urlencode(chosen)}" if chosen else reverse("matters:search"),
        "may_break": break_glass.is_entitled(person),
        "may_open": "matters.open_matter" in person.role_permissions(),
    }


def counted(number: int) -> str:
    if number > listing.MOST_COUNTED:
        return _("%(most)d+ matters") % {"most": listing.MOST_COUNTED}
    return ngettext("%(count)d matter", "%(count)d matters", number) % {"count": number}


def _at(chosen: dict[str, str], **cursor: str) -> str:
    """The list's address with filters and cursor, or "" where the cursor leads nowhere."""
    if any(not value for value in cursor.values()):
        return ""
    query = urlencode({**chosen, **cursor})
    return f"{reverse('matters:list')}?{query}" if query else reverse("matters:list")
