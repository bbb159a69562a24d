"""Where higher apps add to a matter's pages: cards, tabs, banners, buttons, and words for the journal."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matters.models import Matter

SLOTS = ("aside", "tab", "banner", "action")

type Loader = Callable[[HttpRequest, Matter], dict[str, Any] | None]
type Text = str | Promise


@dataclass(frozen=True, slots=True)
class Panel:
    """A loader's answer is the context of its template, which is rendered inside the page; None shows nothing."""

    order: int
    loader: Loader
    template: str


@dataclass(frozen=True, slots=True)
class Loaded:
    template: str
    context: dict[str, Any]


_panels: defaultdict[str, dict[str, Panel]] = defaultdict(dict)


def register(slot: str, order: int, loader: Loader, template: str = "") -> None:
    """From `apps.ready()`; registering a loader again replaces it.

    A tab needs no template: its loader answers {"key", "label", "url", "count"}. The page behind it
    loads its matter with `matters.views.frame.load` and extends `matters/frame.html`. The others are
    rendered with the loader's context, `matter` and `csrf_token`.
    """
    if slot not in SLOTS:
        raise KeyError(slot)
    _panels[slot][f"{loader.__module__}.{loader.__qualname__}"] = Panel(order, loader, template)


def load(slot: str, request: HttpRequest, matter: Matter) -> list[Loaded]:
    panels = sorted(_panels[slot].values(), key=lambda panel: panel.order)
    loaded = ((panel, panel.loader(request, matter)) for panel in panels)
    return [Loaded(panel.template, context) for panel, context in loaded if context is not None]


WORDS: dict[str, Text] = {
    "matter.opened": _("Matter opened"),
    "matter.changed": _("Details changed"),
    "matter.closed": _("Matter closed"),
    "matter.reopened": _("Matter reopened"),
    "matter.access_granted": _("Access given"),
    "matter.access_withdrawn": _("Access withdrawn"),
    "matter.break_glass_began": _("Break-glass began"),
    "matter.break_glass_ended": _("Break-glass ended"),
    "matter.responsibility_handed_over": _("Responsibility handed over"),
    "matter.outsider_extended": _("Account from outside extended"),
    "matter.wall_raised": _("Wall raised"),
    "matter.wall_lowered": _("Wall lowered"),
    "wall.lowered": _("Wall lowered"),
    "wall.changed": _("Wall changed"),
    "wall.begun": _("Wall begun"),
    "wall.ended": _("Wall ended by itself"),
    "wall.acknowledged": _("Wall acknowledged"),
    "matter.party_added": _("Party added"),
    "matter.party_ended": _("Party left"),
    "matter.communication_logged": _("Communication logged"),
    "matter.mail_filed": _("E-mail filed"),
    "matter.document_added": _("Document added"),
    "matter.document_classified": _("Confidentiality of a document changed"),
    "matter.communication_classified": _("Confidentiality of a communication changed"),
    "matter.document_fetched": _("Document downloaded"),
}


def say(kind: str, words: Text) -> None:
    """Words for a kind of event that another app records about a matter."""
    WORDS[kind] = words
