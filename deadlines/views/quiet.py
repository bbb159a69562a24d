"""Matters in which nothing is open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deadlines.queries import quiet
from deadlines.views import frame
from lawcrm import access, audit

SHOWN = 200


@require_safe
@access.requires(frame.READING)
def nothing_open(request: HttpRequest) -> HttpResponse:
    is_mine = request.GET.get("who") == "mine"
    rows = quiet.matters(frame.person(request).pk if is_mine else None)
    found = audit.read_listed(rows[: SHOWN + 1])
    context = {
        "rows": found[:SHOWN],
        "more": len(found) > SHOWN,
        "is_mine": is_mine,
        "tabs": frame.tabs(request, "nothing_open"),
        "may_enter": frame.may(request, frame.ENTERING),
    }
    return render(request, "deadlines/nothing_open.html", context)
