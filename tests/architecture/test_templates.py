"""Every template is used."""

import re
from pathlib import Path

from tests.architecture.source import GROUND, ROOMS, ROOT, modules, templates

# Django itself looks these up by name, and the proxy the last one.
FOUND_BY_NAME = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html", "offline.html"}
EXTENDED = {"admin/base.html", "admin/change_form.html", "django/forms/widgets/attrs.html"}  # Django's own
FOUND_BY_FOLDER = ("admin/", "django/forms/", "registration/")
# Whoever runs the firm's servers finds a mail by its id; and a field that shows its id as a mark.
SHOWS_IDS = {"lawcrm/status.html": {"message.pk"}, "clients/parts.html": {"row.pk"}}
TAG = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
INNER_ID = re.compile(r"[\w.]+\.(?:pk|id)\b")
QUOTED = re.compile(r"""["']([\w./-]+\.(?:html|txt|svg|xml|css))(?:#[\w-]+|\{\w+\})?["']""")


def referenced() -> set[str]:
    sources: list[Path] = [*modules(GROUND, *ROOMS), *templates()]
    return {name for path in sources for name in QUOTED.findall(path.read_text())}


def named_by_pattern(name: str) -> bool:
    """Mails and fields are looked up as "<folder>/%s.txt" by code that is told a kind."""
    folder = name.rsplit("/", 1)[0]
    patterns = [path.read_text() for path in modules(GROUND, *ROOMS)]
    return any(re.search(rf"""f["']{re.escape(folder)}/\{{""", text) for text in patterns)


def test_no_template_lies_around() -> None:
    names = {str(path.relative_to(ROOT / "templates")) for path in templates()} - FOUND_BY_NAME - referenced()
    assert sorted(name for name in names if not name.startswith(FOUND_BY_FOLDER) and not named_by_pattern(name)) == []


def test_no_template_is_missing() -> None:
    ours = tuple(f"{path.name}/" for path in (ROOT / "templates").iterdir() if path.is_dir())
    wanted = {name for name in referenced() - EXTENDED if name.startswith(ours) and not name.endswith(".css")}
    assert sorted(name for name in wanted if not (ROOT / "templates" / name).is_file()) == []


def inner_ids(text: str) -> set[str]:
    return {found for tag in TAG.findall(text) for found in INNER_ID.findall(tag)}


def test_no_page_shows_an_inner_id() -> None:
    """Two of them, some time apart, tell how many rows everybody else made: show a public id, or `row|mark`."""
    shown = {str(path.relative_to(ROOT / "templates")): inner_ids(path.read_text()) for path in templates()}
    assert {name: found for name, found in shown.items() if found} == SHOWS_IDS


def test_inner_ids_are_found_however_they_are_written() -> None:
    text = '{{ wall.pk|stringformat:"d" }}{% include "x.html" with value=taking.party.id only %}{{ wall|mark }} a.pk'
    assert inner_ids(text) == {"wall.pk", "taking.party.id"}
