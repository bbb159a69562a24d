"""When reminders stand still the firm hears of it past the scheduler, and every page says so."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.utils import timezone

from lawcrm import access, engines, jobs, watchdog
from lawcrm.accounts.models import User
from lawcrm.models.firm import Firm
from lawcrm.models.jobs import JobRun
from tests import personas
from tests.conftest import ALIASES, ROOT, superuser, urls
from tests.lawcrm.mail_server import Post, mail_server, options
from tests.waiting import PATIENCE, wait_for

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JOB = "deadlines.remind"
# The command of the product, with the test's mail server and limit.
PROGRAM = """
import sys
import django
django.setup()
from django.conf import settings
from django.core.management import execute_from_command_line
from tests.lawcrm import mail_server
settings.MAILERS = mail_server.options(int(sys.argv.pop(1)))
settings.SILENCE_MINUTES = float(sys.argv.pop(1))
execute_from_command_line(["manage.py", "watchdog", *sys.argv[1:]])
"""


@pytest.fixture(autouse=True)
def ten_minutes(settings: Any) -> Iterator[None]:
    settings.SILENCE_MINUTES = 10
    watchdog.glance.fresh_until = 0.0
    yield
    watchdog.glance.fresh_until = 0.0


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with mail_server() as post:
        settings.MAILERS = options(post.port)
        yield post


def ran(at: datetime, outcome: str = "done") -> None:
    JobRun.objects.create(
        job=JOB, slot=at, outcome=outcome, started_at=at, finished_at=at, lease_until=at + timedelta(minutes=10)
    )


def people() -> list[str]:
    """Those to be told, and two who are not."""
    personas.user_for("lawyer")
    User.objects.filter(pk=personas.user_for("partner").pk).update(is_active=False)
    return sorted(personas.user_for(role).email for role in ("partner", "administrator"))


def told(post: Post) -> list[str]:
    return sorted(envelope.rcpt_tos[0] for envelope in post.envelopes)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("last", "minutes", "is_silent"),
    [("done", 10, False), ("done", 11, True), ("failed", 11, True), (None, 10, False), (None, 11, True)],
)
def test_silence_is_counted_from_the_last_run_that_ended_well(
    last: str | None, minutes: int, *, is_silent: bool
) -> None:
    if last:
        ran(NOON - timedelta(hours=1))
        ran(NOON, last)
    since = watchdog.silent_since(NOON + minutes * MINUTE, started_at=NOON)
    assert since == (None if not is_silent else NOON - timedelta(hours=1) if last == "failed" else NOON)


@pytest.mark.django_db
def test_a_job_that_is_not_vital_may_be_silent() -> None:
    ran(NOON)
    assert [job.name for job in jobs.declared() if job.vital] == [JOB]
    assert watchdog.silent_since(NOON + MINUTE) is None


@pytest.mark.django_db
def test_partners_and_administrators_are_told_once_an_hour(post: Post) -> None:
    expected = people()
    ran(NOON)
    dog = watchdog.Watchdog(NOON)
    assert dog.look(NOON + 5 * MINUTE) == ""
    for minutes in range(11, 71):
        assert "Reminders have not run since 2026-11-20 12:00 UTC." in dog.look(NOON + minutes * MINUTE)
    assert told(post) == expected
    watchdog.Watchdog(NOON).look(NOON + 70 * MINUTE)  # another process knows of it
    assert told(post) == expected
    dog.look(NOON + 72 * MINUTE)
    assert told(post) == sorted(expected * 2)
    mail = post.mails[0]
    assert mail["Subject"] == "Deadlines: reminders stand still"
    assert "Since 20 November 2026, 13:00 nobody has been reminded" in mail.get_body().get_content()  # type: ignore[union-attr]
    ran(NOON + 80 * MINUTE)
    assert dog.look(NOON + 81 * MINUTE) == ""


@pytest.mark.django_db
def test_a_server_that_takes_nothing_is_asked_again_a_minute_later(post: Post) -> None:
    expected = people()
    ran(NOON)
    post.modes = ["rcpt-451", "rcpt-451"]
    dog = watchdog.Watchdog(NOON)
    assert dog.look(NOON + 11 * MINUTE).endswith("Mails taken by the server: 0.")
    assert dog.look(NOON + 12 * MINUTE).endswith("Mails taken by the server: 2.")
    dog.look(NOON + 13 * MINUTE)
    assert told(post) == expected


@pytest.mark.django_db
def test_a_restored_copy_mails_nobody(post: Post) -> None:
    people()
    ran(NOON)
    with access.as_system("test"):
        Firm.objects.create(
            name="Kopi",
            country="DK",
            languages=["en"],
            time_zone="Europe/Copenhagen",
            set_up_at=NOON,
            mail_held_at=NOON,
        )
    assert "mail is held" in watchdog.Watchdog(NOON).look(NOON + 11 * MINUTE)
    assert post.envelopes == []


@pytest.mark.django_db
def test_every_page_says_so_until_reminders_run_again() -> None:
    now = timezone.now()
    ran(now - timedelta(hours=3))
    browser = personas.client_for("lawyer")
    for path in ("/", "/profile/", "/deadlines/"):
        page = browser.get(path).content.decode()
        assert '<div class="banner danger" role="alert">' in page
        assert "Reminders stand still" in page, path
    assert "stand still" not in Client().get("/sign-in/").content.decode()
    ran(now)
    watchdog.glance.fresh_until = 0.0
    assert "stand still" not in browser.get("/").content.decode()


@pytest.mark.django_db
def test_pages_ask_only_now_and_then(django_assert_num_queries: Any) -> None:
    ran(timezone.now())
    with django_assert_num_queries(1):
        assert [watchdog.alarm() for _page in range(5)] == [""] * 5
    watchdog.glance.fresh_until = 0.0
    with time_machine.travel(timezone.now() + timedelta(hours=1)), django_assert_num_queries(1):
        assert "nobody has been reminded" in watchdog.alarm()
        assert "nobody has been reminded" in watchdog.alarm()


@contextmanager
def process(post: Post, *options: str, minutes: str = "10") -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lawcrm.settings.test", "PYTHONPATH": str(ROOT)}
    for alias in ALIASES:
        environment |= urls(alias, str(connections[alias].settings_dict["NAME"]))
    command = [sys.executable, "-c", PROGRAM, str(post.port), minutes, *options]
    with subprocess.Popen(  # noqa: S603
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        try:
            yield run
        finally:
            run.terminate()


@pytest.mark.django_db(transaction=True)
def test_the_command_run_by_cron_ends_with_1_and_has_mailed(post: Post) -> None:
    expected = people()
    with process(post) as run:
        said, code = run.communicate(timeout=PATIENCE)[0], run.returncode
    assert (code, told(post)) == (1, expected), said
    ran(timezone.now())
    with process(post) as run:
        said, code = run.communicate(timeout=PATIENCE)[0], run.returncode
    assert (code, said, told(post)) == (0, "Reminders run.\n", expected)


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_a_watchdog_that_stays_tells_of_a_database_that_went_away(post: Post) -> None:
    """It remembers whom to tell; the limit is short here, a twentieth of a minute."""
    expected = people()
    ran(timezone.now() + timedelta(hours=1))
    name = str(connections["default"].settings_dict["NAME"])
    with process(post, "--every", "0.2", minutes="0.05"):
        wait_for(lambda: watching(name))
        connections.close_all()
        try:
            lock_out(name, connects=False)
            wait_for(lambda: len(post.envelopes) >= len(expected))
            time.sleep(1)
        finally:
            lock_out(name, connects=True)
    assert told(post) == expected


def watching(name: str) -> bool:
    with psycopg.connect(engines.superuser_url()) as server:
        (count,) = server.execute(
            "select count(*) from pg_stat_activity where datname = %s and query like '%%accounts_user%%'"
            " and pid <> all(%s)",
            [name, [connections["default"].connection.info.backend_pid] if connections["default"].connection else []],
        ).fetchone() or (0,)
    return bool(count)


def lock_out(name: str, *, connects: bool) -> None:
    superuser(f"alter database {{}} with allow_connections {'true' if connects else 'false'}", name)
    if not connects:
        with psycopg.connect(engines.superuser_url(), autocommit=True) as server:
            server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
