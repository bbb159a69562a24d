"""Templates carry no inline script or style, and every component says what it takes and is used."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "mail" not in path.relative_to(TEMPLATES).parts)
COMPONENTS = sorted((TEMPLATES / "ui").glob("*.html"))
TAG = re.compile(r"<[a-zA-Z][^<>]*>", re.DOTALL)
INLINE = {
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "htmx handler": re.compile(r"\shx-on\b|\shx-vars\b|[\"']js:", re.IGNORECASE),
    "script address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
}
DATA = r'type="application/(?:json|ld\+json)"'


def offences(markup: str) -> set[str]:
    tags = TAG.findall(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "x", markup, flags=re.DOTALL))
    found = {name for name, pattern in INLINE.items() for tag in tags if pattern.search(tag)}
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", markup, re.DOTALL | re.IGNORECASE)
    found |= {"inline script" for attributes, body in scripts if body.strip() and not re.search(DATA, attributes)}
    return found | ({"style element"} if re.search(r"<style\b", markup, re.IGNORECASE) else set())


@pytest.mark.parametrize(
    ("markup", "offence"),
    [
        ('<p style="color: red">', "style attribute"),
        ('<a {% if x > 1 %}class="a"{% endif %}\n onclick="go()">', "event handler"),
        ('<div hx-on:click="go()">', "htmx handler"),
        ("<div hx-vals='js:{a: 1}'>", "htmx handler"),
        ('<a href="javascript:go()">', "script address"),
        ("<script>go()</script>", "inline script"),
        ("<style>p {}</style>", "style element"),
    ],
)
def test_each_kind_of_inline_code_is_recognised(markup: str, offence: str) -> None:
    assert offences(markup) == {offence}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_no_page_carries_inline_code(page: Path) -> None:
    assert offences(page.read_text()) == set()


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.stem)
def test_a_component_lists_its_inputs_first(component: Path) -> None:
    first = component.read_text().splitlines()[0]
    assert re.match(r"\{# Inputs: .+? #\}", first)


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.stem)
def test_a_component_is_used(component: Path) -> None:
    name = component.stem
    used = re.compile(rf"""ui/{name}\.html["'#]|\{{% wrap ["']{name}["']""")
    code = [*PAGES, *Path(settings.BASE_DIR, "lawcrm").rglob("*.py")]
    assert any(used.search(path.read_text()) for path in code if path != component)
