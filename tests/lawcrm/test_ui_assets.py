"""What is vendored is what was checked; colours live in one file; a page stays light."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

from lawcrm import ui

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
VENDORED = sorted((STATIC / "vendor").iterdir())
STYLES = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
SPRITE = STATIC / "vendor" / "lucide-1.62.0" / "sprite.svg"
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb|light-dark)\(", re.IGNORECASE)
NAMED = re.compile(r":\s*[^;{]*\b(?:white|black|red|green|blue|gr[ae]y|orange|yellow|silver|navy)\b[^;{]*;")


@pytest.mark.parametrize("package", VENDORED, ids=lambda package: package.name)
def test_vendored_files_match_their_checksums(package: Path) -> None:
    declared = dict(reversed(line.split("  ")) for line in (package / "CHECKSUMS").read_text().splitlines())
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in package.iterdir()
        if file.name != "CHECKSUMS"
    }
    assert found == declared
    assert "LICENSE" in found


@pytest.mark.parametrize(
    "sheet", [sheet for sheet in STYLES if sheet.name != "tokens.css"], ids=lambda sheet: sheet.name
)
def test_colours_are_named_only_in_the_tokens(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert COLOUR.findall(re.sub(r"in oklab", "", text)) == []
    assert NAMED.findall(text) == []


def test_every_style_sheet_is_linked_and_layered() -> None:
    head = (ROOT / "templates" / "ui" / "head.html").read_text()
    assert re.findall(r"css/([\w-]+\.css)", head)[0] == "reset.css"
    assert sorted(re.findall(r"css/([\w-]+\.css)", head)) == [sheet.name for sheet in STYLES]
    declared = re.search(r"@layer ([\w, ]+);", (STATIC / "css" / "reset.css").read_text())
    assert declared is not None
    used = {name for sheet in STYLES for name in re.findall(r"@layer (\w+) \{", sheet.read_text())}
    assert used == set(declared[1].split(", "))


def test_every_icon_asked_for_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text()))
    asked = {
        name
        for page in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"""(?:\{% icon |\bicon=)["']([\w-]+)["']""", page.read_text())
    }
    asked |= {entry.icon for registry in (ui.nav, ui.commands) for entry in registry}
    asked |= set(re.findall(r'icon\("([\w-]+)"\)', (STATIC / "js" / "app.js").read_text()))
    assert asked
    assert asked - drawn == set()


def test_a_page_s_styles_and_scripts_leave_room_for_the_page() -> None:
    parts = [*STYLES, *SCRIPTS, STATIC / "vendor" / "htmx-2.0.11" / "htmx.min.js", SPRITE]
    assert sum(len(gzip.compress(part.read_bytes())) for part in parts) < 60_000


def test_htmx_runs_no_text_as_code_and_keeps_no_pages() -> None:
    head = (ROOT / "templates" / "ui" / "head.html").read_text()
    for setting in (
        '"allowEval": false',
        '"allowScriptTags": false',
        '"includeIndicatorStyles": false',
        '"selfRequestsOnly": true',
        '"historyCacheSize": 0',
    ):
        assert setting in head


def test_nothing_is_kept_in_the_browser_s_storage() -> None:
    assert re.findall(r"localStorage|sessionStorage|indexedDB", (STATIC / "js" / "app.js").read_text()) == []
