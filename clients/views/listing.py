"""The list of contacts: filters in the address, search posted."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clients.forms.contacts import LONGEST_SEARCH, FilterForm
from clients.queries import contacts as queries
from lawcrm import access, audit


@require_http_methods(["GET", "POST"])
@access.requires("clients.view_contact")
def contacts(request: HttpRequest) -> HttpResponse:
    """A POST searches: what is looked for is a person's name and stays out of addresses and logs."""
    filters = FilterForm(request.GET)
    chosen = filters.chosen()
    text = request.POST.get("q", "").replace("\0", "")[:LONGEST_SEARCH].strip()
    marks = {name: _uuid(request.POST.get(name) or request.GET.get(name, "")) for name in ("after", "before")}
    page = queries.search_page(queries.filtered(**chosen, text=text)) if text else queries.listed(chosen, **marks)
    audit.read_listed(row.contact for row in page.rows)
    context = {
        "filters": filters,
        "query": urlencode(chosen),
        "text": text,
        "page": page,
        "count": count_words(page.count),
        "newer_url": _page_url(chosen, "before", page.before),
        "older_url": _page_url(chosen, "after", page.after),
    }
    # A search swaps the list only; a change of filters takes its part out of the whole page.
    part = "#list" if request.method == "POST" and request.headers.get("HX-Request") else ""
    return render(request, f"clients/contacts.html{part}", context)


def count_words(count: int) -> str:
    if count > queries.MOST_COUNTED:
        return _("more than %(most)d contacts") % {"most": queries.MOST_COUNTED}
    return ngettext("%(count)d contact", "%(count)d contacts", count) % {"count": count}


def _page_url(chosen: dict[str, str], name: str, mark: UUID | None) -> str:
    return f"{reverse('clients:list')}?{urlencode({**chosen, name: mark})}" if mark else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
