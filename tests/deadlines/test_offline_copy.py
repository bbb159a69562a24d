"""The nightly copy of the next deadlines: locked, complete, without parties, kept for a week."""

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError

from deadlines import offline
from deadlines.actions import ending
from lawcrm import access, jobs
from tests.deadlines.office import NOW, TODAY, Office, entered, proposed, wall_off

pytestmark = pytest.mark.django_db
PASSWORD = "sealed in an envelope"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Any:
    settings.OFFLINE_COPY_DIR, settings.OFFLINE_COPY_PASSWORD = tmp_path / "offline", PASSWORD
    with time_machine.travel(NOW, tick=False):
        yield tmp_path / "offline"


def read(path: Path, password: str = PASSWORD) -> str:
    reader = PdfReader(path)
    assert reader.is_encrypted
    reader.decrypt(password)
    return " ".join("\n".join(page.extract_text() for page in reader.pages).split())


def test_what_is_open_in_two_weeks_stands_on_it_and_no_party(office: Office, folder: Path) -> None:
    titles = {"Overdue": -1, "Today": 0, "Last day": offline.DAYS - 1, "Beyond": offline.DAYS}
    rows = {title: entered(office, title=title, due_on=TODAY + ahead * DAY) for title, ahead in titles.items()}
    settled = entered(office, title="Settled")
    with access.as_user(office.lawyer):
        ending.mark_done(actor=office.lawyer, deadline=settled, seen=TODAY, reason="filed", receipt="beA 4711", now=NOW)
    assert offline.make_copy(now=NOW) == 3
    text = read(folder / "deadlines-2026-11-20.pdf")
    assert [title for title in (*rows, "Settled") if title in text] == ["Overdue", "Today", "Last day"]
    assert office.matter.number in text
    assert "Karin Vestergaard" in text
    assert "Nordbau" not in text


def test_an_earlier_date_that_is_proposed_puts_it_there_with_both(office: Office, folder: Path) -> None:
    far, near = TODAY + 30 * DAY, TODAY + 5 * DAY
    proposed(entered(office, title="Served earlier", due_on=far), near)
    proposed(entered(office, title="Served later", due_on=near), far)
    proposed(entered(office, title="Far off", due_on=far), far + DAY)
    past = entered(office, title="Served last week", due_on=far)
    proposed(past, TODAY - DAY)
    assert offline.make_copy(now=NOW) == 3
    text = read(folder / "deadlines-2026-11-20.pdf").replace("\xad ", "")  # words broken at the end of a line
    assert "Far off" not in text
    places = [text.index(words) for words in ("Overdue", "Served last week", "Wednesday 25 November 2026")]
    assert places == sorted(places)
    assert text.index("Served earlier") > places[-1]
    for day in ("Wed 25 Nov 2026", "Sun 20 Dec 2026", "Thu 19 Nov 2026"):
        assert text.count(f"another date proposed: {day}") == 1


def test_of_a_matter_behind_a_wall_it_says_number_and_date_alone(office: Office, folder: Path) -> None:
    """The deadline is not lost, and whoever opens the envelope may be shut out of the matter."""
    entered(office, title="Answer to the bribery charge", due_on=TODAY + 3 * DAY)
    wall_off(office.matter, office.reader)
    assert offline.make_copy(now=NOW) == 1
    text = read(folder / "deadlines-2026-11-20.pdf")
    assert (office.matter.number in text, "Mon 23 Nov 2026" in text, "bribery" in text) == (True, True, False)


def test_nobody_opens_it_without_the_password(office: Office, folder: Path) -> None:
    entered(office)
    offline.make_copy(now=NOW)
    (path,) = offline.copies()
    with pytest.raises(FileNotDecryptedError):
        read(path, "guessed")
    assert b"Berufung" not in path.read_bytes()
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)


def test_without_a_password_nothing_is_written(office: Office, folder: Path, settings: Any) -> None:
    entered(office)
    settings.OFFLINE_COPY_PASSWORD = ""
    with pytest.raises(offline.NoPassword):
        offline.make_copy(now=NOW)
    assert not folder.exists()


def test_a_second_run_replaces_the_copy_of_the_day_and_a_week_is_kept(office: Office, folder: Path) -> None:
    for ahead in (*range(9), 8):
        offline.make_copy(now=NOW + ahead * DAY)
    assert [path.name for path in sorted(folder.iterdir())] == [f"deadlines-2026-11-{day}.pdf" for day in range(22, 29)]


def test_an_empty_fortnight_is_a_copy_too(folder: Path) -> None:
    assert offline.make_copy(now=NOW) == 0
    assert "Deadlines of the next 14 days" in read(folder / "deadlines-2026-11-20.pdf")


def test_the_nightly_job_makes_it(office: Office, folder: Path) -> None:
    entered(office, title="Due today")
    assert jobs.run("deadlines.copy_offline", NOW) == "done"
    assert "Due today" in read(folder / "deadlines-2026-11-20.pdf")


@pytest.mark.proof
def test_a_thousand_entries_stand_on_it(office: Office, folder: Path) -> None:
    deadline = entered(office)
    with access.as_system("test"):
        rows = [type(deadline)(**copied(deadline), title=f"Entry no. {number}.") for number in range(1000)]
        from lawcrm import audit

        audit.bulk_create(type(deadline), rows)
    assert offline.make_copy(now=NOW) == 1001
    text = read(folder / "deadlines-2026-11-20.pdf")
    assert all(f"Entry no. {number}." in text for number in range(1000))


def copied(deadline: Any) -> dict[str, Any]:
    kept = ("matter_id", "sealed_for", "kind", "criticality", "due_on", "time_zone", "assignee_id", "entered_by_id")
    return {name: getattr(deadline, name) for name in kept}
