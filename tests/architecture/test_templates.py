"""Every template is used."""

import re
from pathlib import Path

from tests.architecture.source import GROUND, ROOMS, ROOT, modules, templates

# Django itself looks these up by name, and the proxy the last one.
FOUND_BY_NAME = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html", "offline.html"}
EXTENDED = {"admin/base.html", "admin/change_form.html", "django/forms/widgets/attrs.html"}  # Django's own
FOUND_BY_FOLDER = ("admin/", "django/forms/", "registration/")
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
