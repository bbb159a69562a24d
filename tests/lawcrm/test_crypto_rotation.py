"""A new master key: idle until taken into use, both readable meanwhile, finished after any kill."""

import datetime as dt
import io
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import override_settings

from lawcrm import engines
from lawcrm.crypto import keyfile, keyring, masterkey, rotation
from lawcrm.crypto.checks import faults
from lawcrm.crypto.errors import MasterKeyMissing
from lawcrm.crypto.fields import SealedTextField
from lawcrm.crypto.models import DataKey, IndexKey
from tests.lawcrm.sealed_rows import Person
from tests.waiting import PATIENCE

NOTES: SealedTextField = Person._meta.get_field("notes")
ONE = {1: secrets.token_bytes(32)}
BOTH = keyfile.with_new_key(ONE)
NEW_ONLY = {2: BOTH[2]}
NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sealed(system: object) -> Iterator[dict[uuid.UUID, bytes]]:
    owners = [uuid.uuid4() for _number in range(300)]
    with override_settings(MASTER_KEYS=ONE), keyring.fresh():
        keyring.prepare(owners)
        keyring.make_index_key(1)
        yield {owner: NOTES.seal(f"of {owner}", owner) for owner in owners}


def all_open(sealed: dict[uuid.UUID, bytes]) -> bool:
    with keyring.fresh():
        keyring.load(sealed)
        return [NOTES.open(raw, owner) for owner, raw in sealed.items()] == [f"of {owner}" for owner in sealed]


def versions() -> Counter[int]:
    return Counter(DataKey.objects.values_list("master_version", flat=True))


@pytest.mark.django_db
def test_a_new_key_is_idle_until_rotation(sealed: dict[uuid.UUID, bytes]) -> None:
    with override_settings(MASTER_KEYS=BOTH):
        keyring.prepare([uuid.uuid4()])
        assert versions() == {1: 301}
        digest = keyring.index_keys()[1].raw
        assert rotation.rotate(batch=100) == rotation.Rotated(2, 302)
        assert versions() == {2: 301}
        assert all_open(sealed)
        keyring.prepare([uuid.uuid4()])
        assert versions() == {2: 302}
    with override_settings(MASTER_KEYS=NEW_ONLY), keyring.fresh():
        assert all_open(sealed)
        assert keyring.index_keys()[1].raw == digest
        assert list(faults()) == []
    with override_settings(MASTER_KEYS=ONE):
        assert list(faults()) == [str(MasterKeyMissing(2))]


@pytest.mark.django_db
def test_rotation_without_a_new_key_is_refused(sealed: dict[uuid.UUID, bytes]) -> None:
    with pytest.raises(CommandError, match="nothing newer than version 1"):
        call_command("crypto", "rotate", stdout=io.StringIO())
    assert versions() == {1: 300}
    with override_settings(MASTER_KEYS=NEW_ONLY), pytest.raises(MasterKeyMissing):
        rotation.rotate()
    assert versions() == {1: 300}


@pytest.mark.django_db
def test_a_destroyed_key_stays_destroyed(sealed: dict[uuid.UUID, bytes]) -> None:
    owner = next(iter(sealed))
    keyring.destroy(owner, now=NOW)
    with override_settings(MASTER_KEYS=BOTH):
        assert rotation.rotate().rewrapped == 300
    assert DataKey.objects.get(owner=owner).wrapped is None


@pytest.mark.django_db
def test_the_state_says_versions_and_numbers(sealed: dict[uuid.UUID, bytes]) -> None:
    with override_settings(MASTER_KEYS=BOTH):
        lines = io.StringIO()
        call_command("crypto", "status", stdout=lines)
    said = lines.getvalue()
    assert "wraps 300 data keys" in said
    assert "master key 2: idle until rotation" in said
    assert keyfile.dump(BOTH)[7:40] not in said


@pytest.mark.django_db(transaction=True)
def test_a_destruction_during_rotation_waits_and_holds(
    sealed: dict[uuid.UUID, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, wrap = min(sealed), masterkey.wrap

    def destroy() -> None:
        keyring.destroy(owner, now=NOW)
        connections.close_all()

    thread = threading.Thread(target=destroy)

    def wrap_slowly(secret: bytes, version: int, purpose: bytes) -> bytes:
        if purpose == DataKey(owner=owner).purpose:
            thread.start()
            thread.join(0.5)
        return wrap(secret, version, purpose)

    monkeypatch.setattr(masterkey, "wrap", wrap_slowly)
    with override_settings(MASTER_KEYS=BOTH):
        rotation.rotate()
        thread.join()
    row = DataKey.objects.get(owner=owner)
    assert (row.wrapped, row.destroyed_at) == (None, NOW)


ROTATE = """
import sys
from lawcrm.crypto import keyfile
from lawcrm.settings import test
test.MASTER_KEYS = keyfile.parse(open(sys.argv[1]).read())
import django
django.setup()
from django.core.management import call_command
call_command("crypto", "rotate", "--batch=1")
"""


def start_rotation(keys: Path) -> subprocess.Popen[bytes]:
    urls = {
        f"{prefix}DATABASE_URL": engines.url(str(connections[alias].settings_dict["NAME"]), "lawcrm_app")
        for alias, prefix in (("default", ""), ("keys", "KEYS_"))
    }
    environment = {**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "lawcrm.settings.test"}
    return subprocess.Popen([sys.executable, "-c", ROTATE, str(keys)], env=environment, cwd=ROOT)  # noqa: S603


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_rotation_killed_again_and_again_is_finished_by_the_next_run(
    sealed: dict[uuid.UUID, bytes], tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keyfile.write_new(keys, BOTH)
    with override_settings(MASTER_KEYS=BOTH):
        done = 0
        for _kill in range(2):
            process = start_rotation(keys)
            wait_for_more_than(done + 10, process)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
            done = versions()[2]
            assert 10 < done < 300
            assert all_open(sealed)
        process = start_rotation(keys)
        assert process.wait(PATIENCE) == 0
        assert versions() == {2: 300}
        assert set(IndexKey.objects.values_list("master_version", flat=True)) == {2}
    with override_settings(MASTER_KEYS=NEW_ONLY):
        assert all_open(sealed)


def wait_for_more_than(number: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while versions()[2] <= number:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
