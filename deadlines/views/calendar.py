"""The book as a month and as a week."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from deadlines.queries import calendar
from deadlines.views import frame
from lawcrm import access, audit

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
IN_A_MONTH, IN_A_WEEK = 3, 30


@require_safe
@access.requires(frame.READING)
def month(request: HttpRequest) -> HttpResponse:
    day = day_of(request)
    first, count = calendar.month_of(day)
    found = calendar.days(first, count, who=_who(request), most=IN_A_MONTH)
    context = {
        "weeks": [found[start : start + calendar.WEEK] for start in range(0, count, calendar.WEEK)],
        "month": day.month,
        "title": date_format(day, pgettext("month as a title", "F Y")),
        "earlier_url": _at(request, "month", day.replace(day=1) - timedelta(days=1)),
        "later_url": _at(request, "month", day.replace(day=1) + timedelta(days=32)),
    }
    return _page(request, "month", found, context)


@require_safe
@access.requires(frame.READING)
def week(request: HttpRequest) -> HttpResponse:
    first = calendar.monday_of(day_of(request))
    found = calendar.days(first, calendar.WEEK, who=_who(request), most=IN_A_WEEK)
    last = first + timedelta(days=calendar.WEEK - 1)
    span = {"week": first.isocalendar().week, "first": date_format(first, "j M"), "last": date_format(last, "j M Y")}
    context = {
        "title": _("Week %(week)d, %(first)s to %(last)s") % span,
        "earlier_url": _at(request, "week", first - timedelta(days=1)),
        "later_url": _at(request, "week", last + timedelta(days=1)),
    }
    return _page(request, "week", found, context)


def _page(request: HttpRequest, name: str, found: list[calendar.Day], context: dict[str, Any]) -> HttpResponse:
    audit.read_listed({row.pk: row for day in found for row in (*day.proposed, *day.rows)}.values())
    shared = {
        "days": found,
        "count": sum(day.count for day in found),
        "today": timezone.localdate(),
        "today_url": _at(request, name, None),
        "tabs": frame.tabs(request, name),
        "mine_url": _at(request, name, day_of(request), who="mine"),
        "all_url": _at(request, name, day_of(request), who=""),
        "is_mine": _who(request) is not None,
        "may_enter": frame.may(request, frame.ENTERING),
    }
    return render(request, f"deadlines/{name}.html", shared | context)


def day_of(request: HttpRequest) -> date:
    """The day named in the address; today for anything that is none."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()
    return min(max(day, EARLIEST), LATEST)


def neighbour(day: date, ahead: int) -> str:
    """As it stands in an address; the last day that can be named is its own neighbour."""
    return min(max(day + timedelta(days=ahead), EARLIEST), LATEST).isoformat()


def _who(request: HttpRequest) -> int | None:
    return frame.person(request).pk if request.GET.get("who") == "mine" else None


def _at(request: HttpRequest, name: str, day: date | None, who: str | None = None) -> str:
    chosen = {"on": day.isoformat() if day else "", "who": request.GET.get("who", "") if who is None else who}
    query = urlencode({key: value for key, value in chosen.items() if value and value.isascii()})
    return f"{reverse(f'deadlines:{name}')}?{query}" if query else reverse(f"deadlines:{name}")
