"""A real worker and two real beats on a real broker: what was queued is sent, each slot runs once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
import redis
from django.conf import settings as configured
from django.db import connections
from django.utils import timezone

from lawcrm import outbox
from lawcrm.accounts.models import User
from lawcrm.celery import app
from lawcrm.models.jobs import JobRun
from lawcrm.models.outbox import OutboxMessage
from lawcrm.tasks import send_outbox
from tests.conftest import ALIASES, urls
from tests.lawcrm.mail_server import Post
from tests.lawcrm.outbox_kinds import Desk, put, registered
from tests.waiting import PATIENCE, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
# The worker of the product, with the test's kinds of messages and mail server.
WORKER = """
import os, sys
import django
django.setup()
from django.conf import settings
from tests.lawcrm import mail_server, outbox_kinds
settings.MAILERS = mail_server.options(int(sys.argv.pop(1)))
from celery.__main__ import main
with outbox_kinds.registered():
    main()
"""


@contextmanager
def process(*command: str, output: IO[bytes] | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lawcrm.settings.test", "PYTHONPATH": str(ROOT)}
    for alias in ALIASES:
        environment |= urls(alias, str(connections[alias].settings_dict["NAME"]))
    running = subprocess.Popen(  # noqa: S603
        [sys.executable, *command], env=environment, cwd=ROOT, stdout=output, stderr=output
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(PATIENCE)


@contextmanager
def worker(post: Post, level: str = "ERROR", output: IO[bytes] | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    options = ("-A", "lawcrm", "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "-l", level)
    with process("-c", WORKER, str(post.port), *options, output=output) as running:
        yield running


def beat() -> Any:
    return process("-m", "celery", "-A", "lawcrm", "beat", "--pidfile", "", "-l", "ERROR")


@pytest.fixture(autouse=True)
def desk(valkey: str) -> Iterator[Desk]:
    """With an empty broker."""
    assert valkey == configured.CELERY_BROKER_URL
    broker = redis.Redis.from_url(valkey)
    broker.flushall()
    with registered() as desk:
        yield desk
    broker.flushall()
    broker.close()


def test_a_process_of_the_suite_has_a_broker_of_its_own(valkey: str, worker_id: str) -> None:
    """One that ends takes its own away, and what a test flushes was nobody else's."""
    with redis.Redis.from_url(valkey) as broker:
        assert Path(str(broker.config_get("dir")["dir"])).name == f"valkey-{worker_id}"


def test_a_queued_message_rings_the_worker_which_sends_it(post: Post) -> None:
    with worker(post):
        put(7, not_before=timezone.now())
        wait_for(lambda: OutboxMessage.objects.get().state == "sent")
    assert [e.rcpt_tos for e in post.envelopes] == [["box7@firm.example"]]


def test_a_worker_whose_time_is_over_asks_for_more(desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for thing in (1, 2):
        put(thing, not_before=timezone.now())
    app.control.purge()
    desk.seconds = 0.5
    monkeypatch.setitem(outbox.send_due.__kwdefaults__, "seconds", 0.5)
    send_outbox()
    assert (len(post.envelopes), waiting_tasks()) == (1, ["lawcrm.send_outbox"])
    send_outbox()
    assert (len(post.envelopes), waiting_tasks()) == (2, ["lawcrm.send_outbox"])


def waiting_tasks() -> list[str]:
    with redis.Redis.from_url(configured.CELERY_BROKER_URL) as broker:
        waiting = broker.lrange(app.conf.task_default_queue, 0, -1)
    return [json.loads(message)["headers"]["task"] for message in waiting]


@pytest.mark.proof
def test_two_beats_find_what_waits_although_the_broker_lost_everything(post: Post, valkey: str) -> None:
    put(7, not_before=timezone.now())
    with redis.Redis.from_url(valkey) as broker:
        broker.flushall()
    with ExitStack() as stack:
        for running in (worker(post), beat(), beat()):
            stack.enter_context(running)
        wait_for(lambda: OutboxMessage.objects.get().state == "sent")
        wait_for(lambda: JobRun.objects.filter(job="outbox.send", outcome="done").count() > 1)
    assert set(post.times_taken.values()) == {1}
    assert set(JobRun.objects.values_list("attempts", flat=True)) == {1}


def test_the_messages_in_the_broker_hold_ids_only(valkey: str) -> None:
    User.objects.create_user("canary@firm.example", full_name="Canary Kvist")
    with redis.Redis.from_url(valkey) as broker:
        broker.delete(app.conf.task_default_queue)
        put(7, not_before=timezone.now())
        (message,) = broker.lrange(app.conf.task_default_queue, 0, -1)
    assert b'"task": "lawcrm.send_outbox"' in message
    assert b"canary" not in message.lower()
    assert b"box7" not in message
