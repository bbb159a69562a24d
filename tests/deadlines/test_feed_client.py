"""A calendar program that is not ours subscribes over HTTP: vdirsyncer fetches, khal shows the days."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from deadlines.actions import ending, feeds
from deadlines.actions.entering import move_deadline
from deadlines.models import Deadline
from lawcrm import access
from tests import factories
from tests.deadlines.office import Office, entered, open_office, wall_off, work_on

pytestmark = [pytest.mark.usefixtures("valkey"), pytest.mark.django_db(transaction=True), pytest.mark.proof]

SYNCED = """
[general]
status_path = "{home}/status"
[pair book]
a = "firm"
b = "here"
collections = null
conflict_resolution = "a wins"
[storage firm]
type = "http"
url = "{address}"
[storage here]
type = "filesystem"
path = "{home}/book"
fileext = ".ics"
"""
SHOWN = """
[calendars]
[[book]]
path = {home}/book
readonly = True
[locale]
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
"""


class Phone:
    """A home directory with both programs set up for one address."""

    def __init__(self, home: Path, address: str) -> None:
        self.home = home
        (home / "book").mkdir()
        (home / "sync.ini").write_text(SYNCED.format(home=home, address=address))
        (home / "khal.ini").write_text(SHOWN.format(home=home))

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "Europe/Copenhagen"}
        command = [str(Path(sys.executable).with_name(program)), *arguments]
        return subprocess.run(  # noqa: S603 - of the project's own environment
            command, env=environment, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL
        )

    def sync(self) -> None:
        if not (self.home / "status").exists():
            assert self.run("vdirsyncer", "-c", f"{self.home}/sync.ini", "discover").returncode == 0
        done = self.run("vdirsyncer", "-c", f"{self.home}/sync.ini", "sync")
        assert done.returncode == 0, done.stderr

    def shows(self, day: Any) -> set[str]:
        """The events of the next ninety days as the program prints them."""
        form = "{start-date}|{title}|{status}"
        listed = self.run(
            *("khal", "-c", f"{self.home}/khal.ini", "list", "--day-format", "", "--format", form),
            *(day.isoformat(), "90d"),
        )
        assert listed.returncode == 0, listed.stderr
        return {line.strip() for line in listed.stdout.splitlines() if "|" in line}


@pytest.fixture
def office(transactional_db: None) -> Office:
    return open_office()


def test_a_calendar_program_subscribes_and_follows(office: Office, live_server: Any, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    today = timezone.localdate()
    soon, later = today + timedelta(days=10), today + timedelta(days=20)
    other = factories.matter("Other", responsible=office.assistant)
    for person in (office.lawyer, office.assistant):
        work_on(other, person)
    moving, ended = (entered(office, due_on=soon, now=now, title="Klage; Yıldız, A") for _ in range(2))
    staying = entered(office, due_on=soon, now=now, matter=other, kind=Deadline.Kind.LIMITATION)
    with access.as_user(office.lawyer):
        token = feeds.make_feed(actor=office.lawyer, name="Phone", with_titles=False, now=now)
    phone = Phone(tmp_path, live_server.url + reverse("deadlines:feed", args=[token]))

    phone.sync()
    number, own = office.matter.number, f"{soon}|Limitation period · {other.number}|TENTATIVE"
    assert phone.shows(today) == {f"{soon}|Statutory deadline · {number}|TENTATIVE", own}
    assert len(list((tmp_path / "book").iterdir())) == 3

    with access.as_user(office.lawyer):
        move_deadline(actor=office.lawyer, deadline=moving, seen=soon, due_on=later, due_time=None, reason="x", now=now)
        ending.strike_deadline(actor=office.lawyer, deadline=ended, seen=soon, reason="x", now=now)
    phone.sync()
    moved, struck = (f"{on}|Statutory deadline · {number}|" for on in (later, soon))
    assert phone.shows(today) == {f"{moved}TENTATIVE", f"{struck}CANCELLED", own}

    wall_off(office.matter, office.lawyer)
    phone.sync()
    assert phone.shows(today) == {own}
    assert number not in "".join(path.read_text() for path in (tmp_path / "book").iterdir())
    assert str(staying.public_id) in next((tmp_path / "book").iterdir()).read_text()

    office.lawyer.groups.clear()
    assert phone.run("vdirsyncer", "-c", f"{tmp_path}/sync.ini", "sync").returncode != 0
