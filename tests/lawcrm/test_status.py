"""The status page says what is late, and lets a person decide about unsure mail."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from lawcrm import access, jobs, status
from lawcrm.models.jobs import JobRun
from lawcrm.models.outbox import OutboxMessage
from tests.lawcrm.outbox_kinds import CAMPAIGN, Desk, put, registered
from tests.personas import client_for

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def desk() -> Iterator[Desk]:
    with registered() as desk, time_machine.travel(NOON, tick=False):
        yield desk


@pytest.fixture(autouse=True)
def two_jobs() -> Iterator[None]:
    before = dict(jobs._jobs)
    jobs._jobs.clear()
    jobs.scheduled("test.hourly", every=HOUR, grace=timedelta(minutes=10))(lambda _now: 3)
    yield
    jobs._jobs.clear()
    jobs._jobs.update(before)


def unsure(count: int) -> list[OutboxMessage]:
    made = [put(thing, kind=CAMPAIGN, not_before=NOON) for thing in range(count)]
    OutboxMessage.objects.update(state="unconfirmed", reason="lease-expired")
    return made


def body(client: Client) -> str:
    response = client.get(reverse("status"))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("role", "code"),
    [("partner", 200), ("administrator", 200), ("data protection officer", 200), ("auditor", 200), ("lawyer", 403)],
)
def test_who_sees_the_status(role: str, code: int) -> None:
    assert client_for(role).get(reverse("status")).status_code == code


def test_a_job_is_overdue_when_its_slot_and_the_grace_have_passed() -> None:
    jobs.run_due(NOON)
    moments = [NOON + HOUR, NOON + HOUR + timedelta(minutes=10), NOON + HOUR + timedelta(minutes=11)]
    assert [status.job_states(now)[0].is_overdue for now in moments] == [False, False, True]
    assert [status.is_late(now) for now in moments] == [False, False, True]


def test_the_page_says_what_is_overdue_and_what_never_ran() -> None:
    client = client_for("administrator")
    assert "has never run" in body(client)
    jobs.run_due(NOON)
    assert "Every job has run when it should." in body(client)
    with time_machine.travel(NOON + 3 * HOUR + timedelta(minutes=2, seconds=30), tick=False):
        page = body(client_for("administrator"))
    assert "One job is overdue." in page
    assert re.findall(r"\d+\s[a-z]+, [^<]* ago", page) == ["3\xa0hours, 2\xa0minutes ago"]


def test_a_parked_job_and_its_error_are_shown() -> None:
    jobs.scheduled("test.poisoned", every=HOUR)(lambda _now: 1 // 0)
    for minutes in range(3):
        jobs.run_due(NOON + timedelta(minutes=minutes))
    page = body(client_for("administrator"))
    assert "given up until its next time" in page
    assert "ZeroDivisionError, 3 attempts" in page


def test_unsure_mail_is_listed_with_its_reason_and_without_address() -> None:
    (message,) = unsure(1)
    page = body(client_for("partner"))
    assert "a worker stopped while sending it" in page
    assert reverse("outbox_resend", args=[message.public_id]) in page
    assert "box0@" not in page


def test_an_auditor_sees_the_list_and_may_not_decide() -> None:
    (message,) = unsure(1)
    client = client_for("auditor")
    assert "Send again" not in body(client)
    for name in ("outbox_resend", "outbox_give_up"):
        assert client.post(reverse(name, args=[message.public_id])).status_code == 403
    assert OutboxMessage.objects.get().state == "unconfirmed"


@pytest.mark.parametrize(("name", "state"), [("outbox_resend", "queued"), ("outbox_give_up", "cancelled")])
def test_a_partner_decides_once(name: str, state: str) -> None:
    (message,) = unsure(1)
    client = client_for("partner")
    url = reverse(name, args=[message.public_id])
    assert client.get(url).status_code == 405
    assert client.post(url).url == reverse("status")  # type: ignore[attr-defined]
    assert OutboxMessage.objects.get().state == state
    again = client.post(url, follow=True)
    assert "has been settled meanwhile" in again.content.decode()
    assert OutboxMessage.objects.get().state == state


def test_late_mail_is_said() -> None:
    put(1, not_before=NOON - timedelta(minutes=6))
    assert "should have gone out 6\xa0minutes ago" in body(client_for("administrator"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_equally_often_however_much_there_is(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unsure(rows)
    for number in range(rows):
        jobs.scheduled(f"test.more{number}", every=HOUR)(lambda _now: 1)
        for hours in range(rows):
            jobs.run_due(NOON - hours * HOUR)
    client = client_for("partner")
    with access.as_system("test"), django_assert_num_queries(12):
        body(client)


def test_a_live_process_says_so_without_asking_anything(client: Client) -> None:
    response = client.get(reverse("health_live"))
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_ready_means_databases_and_broker(client: Client, settings: Any, valkey: str) -> None:
    settings.REDIS_URL = valkey
    assert client.get(reverse("health_ready")).status_code == 200
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get(reverse("health_ready"))
    assert (response.status_code, response.content) == (503, b"no\n")


def test_a_monitor_learns_that_something_is_late_and_no_more(client: Client) -> None:
    url = reverse("health_on_time")
    jobs.run_due(NOON)
    assert (client.get(url).status_code, JobRun.objects.count()) == (200, 1)
    with time_machine.travel(NOON + 2 * HOUR, tick=False):
        response = client.get(url)
    assert (response.status_code, response.content) == (503, b"no\n")
