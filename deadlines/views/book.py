"""The list of deadlines."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from deadlines.forms.deadline import FilterForm
from deadlines.queries import book
from deadlines.views import frame
from lawcrm import access, audit


@require_safe
@access.requires(frame.READING)
def deadline_list(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    chosen = form.chosen()
    who = frame.person(request).pk if chosen.get("who") else None
    found = book.page_of(
        who=who,
        state=chosen.get("state", ""),
        kind=chosen.get("kind", ""),
        today=timezone.localdate(),
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    context = {
        "tabs": frame.tabs(request, "list"),
        "form": form,
        "rows": audit.read_listed(found.rows),
        "count": counted(found.count),
        "clear_url": reverse("deadlines:list") if chosen else "",
        "earlier_url": _at(chosen, "before", found.earlier),
        "later_url": _at(chosen, "after", found.later),
        "may_enter": frame.may(request, frame.ENTERING),
        "may_subscribe": not frame.person(request).is_external,
    }
    return render(request, "deadlines/list.html", context)


def counted(number: int) -> str:
    if number > book.MOST_COUNTED:
        return _("%(most)d+ deadlines") % {"most": book.MOST_COUNTED}
    return ngettext("%(count)d deadline", "%(count)d deadlines", number) % {"count": number}


def _at(chosen: dict[str, str], name: str, cursor: str) -> str:
    return f"{reverse('deadlines:list')}?{urlencode({**chosen, name: cursor})}" if cursor else ""
