"""Deadlines on paper, the control sheet and the nightly copy: no word of a hidden matter where it does not belong."""

import io
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from pypdf import PdfReader, PdfWriter

from deadlines import offline, printing
from deadlines.models import Deadline
from deadlines.queries import sheet as sheets
from lawcrm import access, audit, jobs
from tests.access import canary, cast, filling
from tests.access.canary import HIDDEN, OWN, Place, place
from tests.access.papers import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
PASSWORD = "sealed in an envelope"
SAID = {"matter.number", "matter.title", "deadline.title"}
# On the copy no title of a matter stands, and behind a wall nothing but its number.
COPIED, BEHIND_A_WALL = {"matter.number", "deadline.title"}, {"matter.number"}
# Who has no deadlines among their work, or no second factor yet.
WITHOUT_WORK = {"administrator", "marketing", "intake", "translator", "walled docket desk"}
WITHOUT_SHEET = {*WITHOUT_WORK, *cast.OFFICES, *canary.NOT_SIGNED_IN}
DAYS = ("2026-11-20", "2026-11-30")  # on which the marked deadlines are entered and due
SHEETS = [f"{reverse('deadlines:print_sheet')}?on={on}{whose}" for on, whose in product(DAYS, ("", "&who=mine"))]
ON_EACH = dict.fromkeys(SHEETS, SAID)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Any:
    settings.OFFLINE_COPY_DIR, settings.OFFLINE_COPY_PASSWORD = tmp_path / "offline", PASSWORD
    with time_machine.travel(filling.NOON, tick=False):
        yield


def theirs(person: str) -> Place:
    """A deadline of either matter is the person's to keep, sight or not."""
    there = place(person)
    with access.as_system("test"):
        for filled in (there.hidden, there.own):
            audit.update(Deadline.objects.filter(pk=filled.rows["deadlines.Deadline"].pk), deputy=there.user)
    return there


def printed(there: Place) -> list[tuple[str, str]]:
    """Every sheet, with what it says."""
    return [(address, canary.said(there.client.post(address))) for address in SHEETS]


def copied() -> str:
    """What stands on the copy of the night, opened with the password."""
    assert jobs.run("deadlines.copy_offline", filling.NOON) == "done"
    (path,) = offline.copies()
    assert canary.words(path.read_bytes().decode("latin-1"), HIDDEN) == set()
    reader, opened = PdfReader(path), io.BytesIO()
    reader.decrypt(PASSWORD)
    PdfWriter(clone_from=reader).write(opened)
    return text_of(opened.getvalue())


@pytest.mark.parametrize("person", [*canary.STRANGERS, *cast.OFFICES])
def test_a_control_sheet_carries_no_word_of_a_hidden_matter(person: str) -> None:
    there = theirs(person)
    with canary.logged() as lines:
        handed = printed(there)
    assert canary.found_in(handed, HIDDEN) == {}
    assert canary.found_in(handed, OWN) == ({} if person in WITHOUT_SHEET else ON_EACH)
    assert [line for line in lines if filling.CANARY in line] == []


@pytest.mark.parametrize("person", cast.INSIDERS)
def test_a_control_sheet_carries_the_words_for_whoever_has_sight(person: str) -> None:
    """Else the test above would look where nothing can stand."""
    assert canary.found_in(printed(theirs(person)), HIDDEN) == ON_EACH


@pytest.mark.parametrize("person", cast.EVERYBODY)
def test_the_nightly_copy_says_no_more_than_it_may(person: str) -> None:
    place(person)
    with canary.logged() as lines:
        text = copied()
    assert canary.words(text, HIDDEN) == (BEHIND_A_WALL if person.startswith("walled") else COPIED)
    assert canary.words(text, OWN) == COPIED
    assert [line for line in lines if filling.CANARY in line] == []


def test_a_sheet_printed_with_other_eyes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    of_day = sheets.of_day

    def of_everybody(*day: Any, **who: Any) -> sheets.Sheet:
        with access.as_system("planted"):
            return of_day(*day, **who)

    there = theirs("walled")
    monkeypatch.setattr(sheets, "of_day", of_everybody)
    assert canary.found_in(printed(there), HIDDEN) == ON_EACH


def test_a_copy_that_forgets_walls_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    place("walled")
    monkeypatch.setattr(offline, "_walled", lambda row: row)
    assert canary.words(copied(), HIDDEN) == COPIED


def test_a_copy_that_names_matters_by_their_titles_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    place("lawyer")
    paper = printing.paper
    monkeypatch.setattr(printing, "paper", lambda **parts: paper(**parts | {"with_titles": True}))
    assert canary.words(copied(), HIDDEN) == SAID
