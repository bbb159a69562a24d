"""One run per slot whatever the number of workers; failures are retried, then parked and seen."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from lawcrm import access, jobs
from lawcrm.models.jobs import JobRun

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def only_our_jobs() -> Iterator[None]:
    before = dict(jobs._jobs)
    jobs._jobs.clear()
    yield
    jobs._jobs.clear()
    jobs._jobs.update(before)


def hourly(work: Callable[[datetime], int | None], name: str = "test.hourly") -> None:
    jobs.scheduled(name, every=HOUR)(work)


def raising(_now: datetime) -> int:
    raise LookupError(" ".join(["Anna", "Anders" + "son"]))


def the_run() -> JobRun:
    return JobRun.objects.get()


@pytest.mark.django_db
def test_a_job_runs_once_in_its_slot_and_again_in_the_next() -> None:
    seen: list[datetime] = []
    hourly(seen.append)  # type: ignore[arg-type]
    moments = [NOON, NOON + MINUTE, NOON + 59 * MINUTE, NOON + HOUR]
    assert [jobs.run_due(now) for now in moments] == [{"test.hourly": "done"}, {}, {}, {"test.hourly": "done"}]
    assert seen == [NOON, NOON + HOUR]


@pytest.mark.django_db
def test_a_clock_that_was_a_year_ahead_does_not_stop_a_job_for_a_year() -> None:
    hourly(lambda _now: 1)
    moments = [NOON, NOON + 8766 * HOUR, NOON + HOUR, NOON + HOUR]
    assert [jobs.run_due(now) for now in moments] == [*[{"test.hourly": "done"}] * 3, {}]


@pytest.mark.django_db
def test_a_job_knows_the_system_as_viewer_and_its_count_is_kept() -> None:
    viewers: list[access.Viewer | None] = []

    def work(_now: datetime) -> int:
        viewers.append(access.current())
        return 7

    hourly(work)
    jobs.run_due(NOON)
    assert viewers == [access.Viewer(None, system="job test.hourly", source="job")]
    run = the_run()
    assert (run.outcome, run.handled, run.attempts, run.missed, run.slot) == ("done", 7, 1, 0, NOON)
    assert run.started_at == NOON
    assert run.finished_at is not None
    assert run.finished_at >= NOON


@pytest.mark.django_db
def test_missed_slots_are_counted_by_the_run_that_catches_up() -> None:
    hourly(lambda _now: None)
    jobs.run_due(NOON)
    jobs.run_due(NOON + HOUR)
    jobs.run_due(NOON + 5 * HOUR + MINUTE)
    assert list(JobRun.objects.order_by("slot").values_list("missed", flat=True)) == [0, 0, 3]


@pytest.mark.django_db
def test_a_daily_slot_starts_at_its_hour_in_utc_also_when_clocks_change() -> None:
    jobs.scheduled("test.daily", every=timedelta(days=1), at=timedelta(hours=2))(lambda _now: None)
    job = jobs.named("test.daily")
    before, after = datetime(2026, 10, 25, 1, 59, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert job.slot(before) == datetime(2026, 10, 24, 2, tzinfo=UTC)
    assert job.slot(after) == datetime(2026, 10, 25, 2, tzinfo=UTC)


@pytest.mark.django_db
def test_a_failing_job_is_tried_three_times_then_parked_until_its_next_slot(caplog: pytest.LogCaptureFixture) -> None:
    hourly(raising)
    done: list[datetime] = []
    jobs.scheduled("test.other", every=HOUR)(done.append)  # type: ignore[arg-type]
    outcomes = [jobs.run_due(NOON + n * MINUTE).get("test.hourly") for n in range(5)]
    assert outcomes == ["failed", "failed", "parked", None, None]
    run = JobRun.objects.get(job="test.hourly")
    assert (run.outcome, run.attempts, run.error_class) == ("parked", 3, "LookupError")
    assert done == [NOON]
    assert "LookupError" in caplog.text
    assert "Andersson" not in caplog.text
    assert jobs.run_due(NOON + HOUR)["test.hourly"] == "failed"


@pytest.mark.django_db
def test_a_run_whose_process_died_is_taken_up_when_its_lease_ends_and_parked_in_the_end() -> None:
    hourly(lambda _now: None)
    job = jobs.named("test.hourly")
    assert jobs.claim(job, NOON) is not None
    assert jobs.run_due(NOON + jobs.LEASE) == {}
    moments = [NOON + n * (jobs.LEASE + MINUTE) for n in (1, 2)]
    assert [jobs.claim(job, now) is not None for now in moments] == [True, True]
    assert jobs.claim(job, moments[-1] + jobs.LEASE + MINUTE) is None
    run = the_run()
    assert (run.outcome, run.attempts, run.error_class) == ("parked", 3, "Abandoned")


@pytest.mark.django_db
def test_a_slow_run_that_lost_its_lease_does_not_end_its_successor() -> None:
    def work(now: datetime) -> int:
        jobs.claim(jobs.named("test.hourly"), now + jobs.LEASE + MINUTE)
        return 1

    hourly(work)
    jobs.run_due(NOON)
    run = the_run()
    assert (run.outcome, run.attempts, run.handled) == ("running", 2, None)


def race(work: Callable[[], None], threads: int) -> None:
    barrier = threading.Barrier(threads)

    def go() -> None:
        barrier.wait()
        try:
            work()
        finally:
            connection.close()

    crowd = [threading.Thread(target=go) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_twenty_four_workers_at_one_slot_run_it_once() -> None:
    seen: list[datetime] = []
    hourly(seen.append)  # type: ignore[arg-type]
    race(lambda: [jobs.run_due(NOON + n * MINUTE) for n in range(3)] and None, 24)
    assert seen == [NOON]
    assert the_run().outcome == "done"


@pytest.mark.django_db(transaction=True)
def test_twenty_four_workers_take_up_an_abandoned_run_once() -> None:
    seen: list[datetime] = []
    hourly(seen.append)  # type: ignore[arg-type]
    jobs.claim(jobs.named("test.hourly"), NOON)
    race(lambda: jobs.run_due(NOON + jobs.LEASE + MINUTE) and None, 24)
    assert len(seen) == 1


@pytest.fixture
def no_broker() -> Iterator[None]:
    before = jobs.app.conf.broker_url, jobs.app.conf.broker_write_url
    jobs.app.conf.broker_url = jobs.app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    jobs.doorbell.silent_until = 0
    yield
    jobs.app.conf.broker_url, jobs.app.conf.broker_write_url = before
    jobs.doorbell.silent_until = 0


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_change_is_kept_quickly_and_the_log_says_so_once(
    no_broker: None, caplog: pytest.LogCaptureFixture
) -> None:
    started = time.monotonic()
    with transaction.atomic():
        JobRun.objects.create(job="kept", slot=NOON, started_at=NOON, lease_until=NOON)
        for _ in range(100):
            jobs.after_commit("lawcrm.send_outbox", 1)
    assert time.monotonic() - started < 20
    assert the_run().job == "kept"
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "publishing lawcrm.send_outbox failed"
    ]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_rings_no_bell(no_broker: None, caplog: pytest.LogCaptureFixture) -> None:
    with transaction.atomic():
        jobs.after_commit("lawcrm.send_outbox", 1)
        transaction.set_rollback(True)
    assert caplog.records == []


def test_tasks_are_given_ids_only() -> None:
    with pytest.raises(TypeError):
        jobs.after_commit("lawcrm.send_outbox", "anna@example.org")  # type: ignore[arg-type]
