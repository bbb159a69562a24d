"""WCAG 2.2 contrast of every pair of tokens that meet on a page, in light and in dark."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{3,8}), (#[0-9a-f]{3,8})\)")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)}
GROUNDS = ("paper", "surface", "sunken")
STATES = ("danger", "warn", "ok", "accent")

TEXT = [
    *((text, ground) for text in ("ink", "muted", *STATES) for ground in GROUNDS),
    *((state, f"{state}-soft") for state in STATES),
    *((text, "accent-soft") for text in ("ink", "muted")),
    ("on-accent", "accent"),
]
EDGES = [*(("field", ground) for ground in GROUNDS), *(("accent", ground) for ground in GROUNDS)]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) > 4 else "".join(digit * 2 for digit in colour[1:])
    shares = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text: str, ground: str, scheme: int) -> None:
    assert contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_fields_and_focus_can_be_seen(edge: str, ground: str, scheme: int) -> None:
    assert contrast(COLOURS[edge][scheme], COLOURS[ground][scheme]) >= 3
