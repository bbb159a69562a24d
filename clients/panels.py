"""Parts that higher apps add to the page of a contact, registered in their `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clients.models import Contact

type Loader = Callable[[Contact], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """`template` is included with the loaded facts as `panel` and the `contact`; "aside" is the narrow column."""

    order: int
    loader: Loader
    template: str
    place: str


@dataclass(frozen=True)
class Loaded:
    template: str
    panel: dict[str, Any]
    place: str


_panels: dict[str, Panel] = {}


def register(order: int, loader: Loader, template: str, *, place: str = "main") -> None:
    """`loader` answers what the template needs, or None to show nothing; once however often registered."""
    _panels[template] = Panel(order, loader, template, place)


def of(contact: Contact) -> list[Loaded]:
    """What the viewer of this moment is shown beside the contact, in order."""
    ordered = sorted(_panels.values(), key=lambda panel: panel.order)
    loaded = ((panel, panel.loader(contact)) for panel in ordered)
    return [Loaded(panel.template, facts, panel.place) for panel, facts in loaded if facts is not None]
