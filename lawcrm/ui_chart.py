"""The geometry of the small bar chart, so that its template only draws."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 88
BASE = 72
GAP = 0.14


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` stands under the bar, `name` in the table and the tip; kind "", quiet, ok, warn or danger."""

    label: str
    value: int
    kind: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """Attributes as strings: a localised number would print 3,5 in German and break the drawing."""

    bar: Bar
    x: str
    width: str
    middle: str
    y: str
    height: str
    value_y: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """`head` names the two columns of the table; `values` writes the numbers over the bars."""

    caption: str
    bars: Sequence[Bar]
    head: tuple[str, str]
    values: bool = False

    @property
    def height(self) -> str:
        return str(HEIGHT)

    @property
    def base(self) -> str:
        return str(BASE)

    @property
    def drawn(self) -> list[DrawnBar]:
        top = max((bar.value for bar in self.bars), default=0) or 1
        return [self._draw(place, bar, top) for place, bar in enumerate(self.bars)]

    def _draw(self, place: int, bar: Bar, top: int) -> DrawnBar:
        step = 100 / len(self.bars)
        room = BASE - (16 if self.values else 2)
        height = max(round(bar.value / top * room, 1), 2) if bar.value else 0
        return DrawnBar(
            bar,
            x=f"{place * step + step * GAP / 2:.3f}%",
            width=f"{step * (1 - GAP):.3f}%",
            middle=f"{place * step + step / 2:.3f}%",
            y=f"{BASE - height:.1f}",
            height=f"{height:.1f}",
            value_y=f"{BASE - height - 5:.1f}",
        )
