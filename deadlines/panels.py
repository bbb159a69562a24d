"""What this room adds elsewhere: a card and a tab of a matter, words for its journal, hits for Ctrl-K."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from deadlines.models import Deadline
from deadlines.queries import book, picking, plans, team
from deadlines.templatetags.due import due_words
from deadlines.views import frame
from deadlines.views.telling import WORDS
from lawcrm import audit, ui
from matters import panels
from matters.models import Matter

OFFERED = 3


def next_deadline(request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    if not frame.may(request, frame.READING):
        return None
    may_enter = not matter.is_closed and frame.may(request, frame.ENTERING)
    return {"deadline": _next_of(request, matter), "may_enter": may_enter}


def offered_plans(request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    """A quiet offer to whoever may take it."""
    if matter.is_closed or not frame.may(request, frame.ENTERING):
        return None
    found = list(plans.offered(matter)[:OFFERED])
    return {"plans": found} if found and team.may_work(matter.pk) else None


def tab(request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    if not frame.may(request, frame.READING):
        return None
    url = reverse("deadlines:of_matter", args=[matter.public_id])
    coming: Any = _next_of(request, matter)
    count = coming.open_count if coming else 0
    return {"key": "deadlines", "label": _("Deadlines"), "url": url, "count": count}


def _next_of(request: HttpRequest, matter: Matter) -> Deadline | None:
    """Asked once a page: the tab and the card both want it."""
    known: dict[int, Deadline | None] = request.__dict__.setdefault("next_deadlines", {})
    if matter.pk not in known:
        known[matter.pk] = book.next_of(matter.pk)
    return known[matter.pk]


def found(request: HttpRequest, words: str) -> list[ui.Hit]:
    """Deadlines for Ctrl-K."""
    if not frame.may(request, frame.READING):
        return []
    return [
        ui.Hit(
            reverse("deadlines:detail", args=[row.public_id]),
            row.title,
            "calendar-clock",
            f"{row.matter.number} · {due_words(row)}",
        )
        for row in audit.read_listed(picking.deadlines_like(words))
    ]


def register() -> None:
    ui.search.add("deadlines", _("Deadlines"), found, order=40)
    panels.register("aside", 10, next_deadline, "deadlines/next_card.html")
    panels.register("aside", 15, offered_plans, "deadlines/offered_plans.html")
    panels.register("tab", 30, tab)
    for kind, words in WORDS.items():
        panels.say(kind, words)
