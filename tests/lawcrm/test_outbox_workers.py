"""Several workers, killed workers: no message is lost, none goes out twice by itself."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from lawcrm import outbox
from lawcrm.models.outbox import OutboxMessage
from tests.lawcrm.mail_server import Post
from tests.lawcrm.outbox_kinds import CAMPAIGN, NOW, Desk, put, registered, states
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import sys
import django
django.setup()
from django.conf import settings
from tests.lawcrm import mail_server, outbox_kinds
from lawcrm import outbox
settings.MAILERS = mail_server.options(int(sys.argv[1]))
with outbox_kinds.registered():
    outbox.send_due(outbox_kinds.NOW)
"""


@pytest.fixture(autouse=True)
def desk() -> Iterator[Desk]:
    with registered() as desk:
        yield desk


def together(count: int, work: Callable[[], object]) -> None:
    start = threading.Barrier(count)

    def go() -> None:
        start.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_workers_share_two_hundred_messages_and_send_each_once(post: Post) -> None:
    for thing in range(200):
        put(thing, kind=CAMPAIGN)
    together(2, lambda: outbox.send_due(NOW))
    assert set(states().values()) == {"sent"}
    assert (len(post.mails), set(post.times_taken.values())) == (200, {1})
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}


def test_twenty_four_requests_for_one_message_queue_it_once() -> None:
    together(24, lambda: put(1))
    assert OutboxMessage.objects.count() == 1


def test_a_mail_being_sent_is_not_declared_unconfirmed_meanwhile(post: Post) -> None:
    put(1, kind=CAMPAIGN)
    post.modes = ["hang"]
    sender = threading.Thread(target=lambda: together(1, lambda: outbox.send_due(NOW)))
    sender.start()
    wait_for(lambda: bool(post.envelopes))
    assert outbox.find_unconfirmed(NOW + outbox.LEASE * 2) == 0
    sender.join()
    assert states() == {1: "unconfirmed"}


def start_worker(post: Post) -> "subprocess.Popen[bytes]":
    from tests.conftest import urls

    environment = {
        **os.environ,
        **urls("default", str(connection.settings_dict["NAME"])),
        "DJANGO_SETTINGS_MODULE": "lawcrm.settings.test",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen([sys.executable, "-c", WORKER, str(post.port)], env=environment, cwd=ROOT)  # noqa: S603


def test_a_worker_killed_while_sending_leaves_its_message_unconfirmed(post: Post) -> None:
    put(1, kind=CAMPAIGN)
    put(2, kind=CAMPAIGN)
    post.modes = ["hang"]
    worker = start_worker(post)
    wait_for(lambda: bool(post.envelopes))
    worker.kill()
    worker.wait()
    assert states() == {1: "claimed", 2: "queued"}
    wait_for(lambda: outbox.find_unconfirmed(NOW + outbox.LEASE + timedelta(seconds=50)) == 1)
    outbox.send_due(NOW + timedelta(days=1))
    assert states() == {1: "unconfirmed", 2: "sent"}
    assert set(post.times_taken.values()) == {1}
