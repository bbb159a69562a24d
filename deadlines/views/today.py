"""The front page: what is due, what waits for this person, and cards of other rooms."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from deadlines.models import Deadline
from deadlines.queries import mine, reminders, todo
from deadlines.views import frame
from lawcrm import audit
from lawcrm import today as front
from lawcrm.ui_chart import Bar, BarChart

SHOWN, TASKS, BANNERS = 20, 6, 3


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    day = timezone.localdate()
    context = {
        "title": date_format(day, pgettext("date as a title", "l j F")),
        "cards": front.cards(request),
        "keeps_book": frame.may(request, frame.READING),
        "may_enter": frame.may(request, frame.ENTERING),
    }
    if context["keeps_book"]:
        context |= _book(request, day)
    return render(request, "today.html", context)


def _book(request: HttpRequest, day: date) -> dict[str, Any]:
    person = frame.person(request).pk
    rows, standing, days = mine.ahead_of(person, day, SHOWN)
    audit.read_listed(rows)
    waiting, unchecked = _waiting(request)
    tasks = audit.read_listed(todo.open_tasks(person, TASKS + 1))
    return {
        "lede": lede(standing),
        "rows": rows,
        "more": len(rows) == SHOWN,
        "chart": chart(days) if rows and days else None,
        "waiting": waiting[:BANNERS],
        "more_waiting": len(waiting) > BANNERS,
        "unchecked": unchecked[:BANNERS],
        "more_unchecked": len(unchecked) > BANNERS,
        "told": reminders.unacknowledged(person),
        "tasks": tasks[:TASKS],
        "more_tasks": len(tasks) > TASKS,
    }


def _waiting(request: HttpRequest) -> tuple[list[Deadline], list[Deadline]]:
    """To confirm and to check; noted on the request, so that the navigation need not count them once more."""
    if not frame.may(request, frame.CONFIRMING):
        return [], []
    found = audit.read_listed(mine.for_a_second_person(frame.person(request).pk, BANNERS + 1))
    waiting = [row for row in found if row.state == Deadline.State.OPEN]
    request.deadlines_waiting = len(waiting)  # type: ignore[attr-defined]
    return waiting, [row for row in found if row.state == Deadline.State.DONE]


def chart(days: list[mine.Day]) -> BarChart:
    bars = [
        Bar(str(day.on.day), day.count, _kind(day, is_today=place == 0), date_format(day.on, "l j F"))
        for place, day in enumerate(days)
    ]
    return BarChart(_("Deadlines in the next 14 days"), bars, (_("Day"), _("Deadlines")))


def _kind(day: mine.Day, *, is_today: bool) -> str:
    if not day.critical:
        return "quiet"
    return "danger" if is_today else ""


def lede(standing: mine.Standing) -> str:
    """The state of the day in a sentence or two."""
    if standing.more:
        count = {"count": number_format(mine.MOST_COUNTED, force_grouping=True)}
        return _("More than %(count)s deadlines are overdue or due in the next 14 days.") % count
    overdue = f"{_overdue(standing.overdue)} " if standing.overdue else ""
    if standing.today:
        return overdue + _due(standing.today, standing.unconfirmed)
    if standing.coming_on:
        coming = {"day": date_format(standing.coming_on, pgettext("date in running text", "l j F"))}
        return overdue + _("Nothing is due today, the next is on %(day)s.") % coming
    if overdue:
        return overdue + _("Nothing else is due in the next 14 days.")
    return _("Nothing is due in the next 14 days.")


def _overdue(count: int) -> str:
    text = ngettext("one deadline is overdue.", "%(count)s deadlines are overdue.", count)
    return capfirst(text % {"count": in_words(count)})


def _due(count: int, unconfirmed: int) -> str:
    text = ngettext("one deadline today", "%(count)s deadlines today", count) % {"count": in_words(count)}
    if not unconfirmed:
        return _("%(due)s, confirmed.") % {"due": capfirst(text)}
    if count == unconfirmed:
        rest = ngettext("still unconfirmed", "all still unconfirmed", count)
    else:
        rest = ngettext("one still unconfirmed", "%(count)s still unconfirmed", unconfirmed)
        rest %= {"count": in_words(unconfirmed)}
    return f"{capfirst(text)}, {rest}."


def in_words(number: int) -> str:
    """Up to twelve in words, as in running text."""
    words = [
        *("", _("one"), _("two"), _("three"), _("four"), _("five"), _("six")),
        *(_("seven"), _("eight"), _("nine"), _("ten"), _("eleven"), _("twelve")),
    ]
    return words[number] if number < len(words) else str(number)
