"""Cards that apps add to the front page, in their `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

type Loader = Callable[[HttpRequest], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Card:
    """The loader answers the context of the template, or None when this person has nothing waiting there."""

    order: int
    loader: Loader
    template: str


@dataclass(frozen=True, slots=True)
class Loaded:
    template: str
    context: dict[str, Any]


_cards: dict[str, Card] = {}


def add(order: int, loader: Loader, template: str) -> None:
    """The template is rendered with `card` (the loader's answer) and `csrf_token`; adding it again replaces it.

    A loader runs at every visit: check the role first, then ask one or two indexed queries.
    """
    _cards[template] = Card(order, loader, template)


def cards(request: HttpRequest) -> list[Loaded]:
    ordered = sorted(_cards.values(), key=lambda card: card.order)
    loaded = ((card, card.loader(request)) for card in ordered)
    return [Loaded(card.template, context) for card, context in loaded if context is not None]
