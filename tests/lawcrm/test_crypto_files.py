"""Encrypted files: whole or not at all, only under their name, owner and label, and erased with the owner."""

import datetime as dt
import errno
import hashlib
import io
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import FileResponse
from django.test import override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lawcrm.crypto import files, keyring
from lawcrm.crypto.errors import KeyDestroyed
from lawcrm.crypto.files import CHUNK, FileBroken, FileErased, StoredFile, open_file, reconcile, remove, seal_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keyring")]

LABEL = "matters.document"
NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 3 * CHUNK + 17]


@pytest.fixture(autouse=True)
def root(tmp_path: Path) -> Iterator[Path]:
    with override_settings(FILES_ROOT=tmp_path):
        yield tmp_path


@pytest.fixture
def owner() -> uuid.UUID:
    return uuid.uuid4()


def sealed(content: bytes, owner: uuid.UUID) -> StoredFile:
    return seal_file(io.BytesIO(content), owner, label=LABEL)


def everything(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


class Trickle(io.RawIOBase):
    """A stream that hands over a few bytes at a time, as a socket does."""

    def __init__(self, content: bytes, step: int) -> None:
        self.inner, self.step = io.BytesIO(content), step

    def read(self, size: int = -1) -> bytes:
        return self.inner.read(min(size, self.step))


@pytest.mark.parametrize("size", EDGES)
def test_files_of_sizes_around_a_chunk_come_back(size: int, owner: uuid.UUID) -> None:
    content = os.urandom(size)
    stored = sealed(content, owner)
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(content).hexdigest())
    with open_file(stored.name, owner, LABEL) as opened:
        assert opened.read() == content


@given(st.integers(0, 3 * CHUNK), st.integers(1, CHUNK * 2), st.integers(1, CHUNK * 2))
@example(CHUNK, 1, CHUNK)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_pieces_the_content_is_the_same(size: int, written: int, read: int) -> None:
    owner, content = uuid.UUID(int=9), os.urandom(size)
    step = max(written, size // 50, 1)
    stored = seal_file(Trickle(content, step), owner, label=LABEL)
    with open_file(stored.name, owner, LABEL) as opened:
        assert b"".join(iter(lambda: opened.read(max(read, size // 50, 1)), b"")) == content
    remove(stored.name)


def test_names_are_random_and_the_disk_holds_no_plain_text(root: Path, owner: uuid.UUID) -> None:
    one, two = sealed(b"the same secret" * 100, owner), sealed(b"the same secret" * 100, owner)
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{36}", one.name)
    first, second = (root / one.name).read_bytes(), (root / two.name).read_bytes()
    assert b"secret" not in first
    assert first[33:] != second[33:]
    assert (root / one.name).stat().st_mode & 0o777 == 0o600


def test_every_bit_flip_breaks(root: Path, owner: uuid.UUID) -> None:
    path = root / sealed(b"ok", owner).name
    whole = path.read_bytes()
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        with pytest.raises(FileBroken), open_file(str(path.relative_to(root)), owner, LABEL) as opened:
            opened.read()


SEALED_CHUNK = CHUNK + 16
CUTS = {
    "nothing left": lambda whole: whole[:0],
    "half a head": lambda whole: whole[:20],
    "head only": lambda whole: whole[:33],
    "last chunk gone": lambda whole: whole[: 33 + 2 * SEALED_CHUNK],
    "one byte gone": lambda whole: whole[:-1],
    "one byte more": lambda whole: whole + b"x",
    "chunks swapped": lambda whole: (
        whole[:33]
        + whole[33 + SEALED_CHUNK : 33 + 2 * SEALED_CHUNK]
        + whole[33 : 33 + SEALED_CHUNK]
        + whole[33 + 2 * SEALED_CHUNK :]
    ),
    "chunk left out": lambda whole: whole[: 33 + SEALED_CHUNK] + whole[33 + 2 * SEALED_CHUNK :],
    "chunk twice": lambda whole: whole[: 33 + SEALED_CHUNK] + whole[33:],
}


@pytest.mark.parametrize("way", CUTS)
def test_a_cut_or_reordered_file_breaks(way: str, root: Path, owner: uuid.UUID) -> None:
    stored = sealed(os.urandom(2 * CHUNK + 100), owner)
    path = root / stored.name
    path.write_bytes(CUTS[way](path.read_bytes()))
    with pytest.raises(FileBroken), open_file(stored.name, owner, LABEL) as opened:
        opened.read()


def test_a_file_opens_only_as_what_it_was_sealed_as(root: Path, owner: uuid.UUID) -> None:
    one, two = sealed(b"one", owner), sealed(b"two", owner)
    with pytest.raises(FileBroken), open_file(one.name, owner, "clients.passport") as opened:
        opened.read()
    (root / two.name).write_bytes((root / one.name).read_bytes())
    with pytest.raises(FileBroken), open_file(two.name, owner, LABEL) as opened:
        opened.read()
    other = uuid.uuid4()
    keyring.prepare([other])
    with pytest.raises(FileBroken), open_file(one.name, other, LABEL) as opened:
        opened.read()


def test_the_file_of_an_erased_owner_does_not_open(owner: uuid.UUID) -> None:
    stored = sealed(b"secret", owner)
    keyring.destroy(owner, now=NOW)
    with pytest.raises(FileErased):
        open_file(stored.name, owner, LABEL)
    with pytest.raises(KeyDestroyed):
        sealed(b"late", owner)


def test_a_missing_file_is_said_to_be_missing(owner: uuid.UUID) -> None:
    stored = sealed(b"secret", owner)
    remove(stored.name)
    with pytest.raises(FileNotFoundError):
        open_file(stored.name, owner, LABEL)


def test_a_download_streams_after_the_request_has_ended(owner: uuid.UUID) -> None:
    stored = sealed(b"x" * (CHUNK + 1), owner)
    with keyring.fresh():
        response = FileResponse(open_file(stored.name, owner, LABEL))
    assert b"".join(response.streaming_content) == b"x" * (CHUNK + 1)  # type: ignore[arg-type]
    response.close()


class Breaking(io.RawIOBase):
    """An upload whose client goes away."""

    def __init__(self, good: int) -> None:
        self.left = good

    def read(self, size: int = -1) -> bytes:
        if self.left <= 0:
            raise ConnectionResetError
        self.left -= size
        return b"x" * size


@pytest.mark.parametrize("good", [0, 10 * CHUNK])
def test_an_upload_cut_short_leaves_nothing(good: int, root: Path, owner: uuid.UUID) -> None:
    with pytest.raises(ConnectionResetError):
        seal_file(Breaking(good), owner, label=LABEL)
    assert everything(root) == []


@pytest.mark.parametrize("fault", ["fsync", "rename"])
def test_a_full_disk_leaves_nothing(fault: str, root: Path, owner: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if fault == "fsync" else (Path, "rename")), full)
    with pytest.raises(OSError, match="No space left"):
        sealed(b"secret", owner)
    assert everything(root) == []


def test_reconciling_finds_files_without_row_and_rows_without_file(root: Path, owner: uuid.UUID) -> None:
    kept, stray, young, gone = (sealed(b"x", owner).name for _number in range(4))
    partial = root / f"{stray}.part"
    partial.write_bytes(b"half")
    old, fresh = (NOW - dt.timedelta(minutes=61)).timestamp(), (NOW - dt.timedelta(minutes=59)).timestamp()
    for name, written in ((kept, old), (stray, old), (f"{stray}.part", old), (young, fresh)):
        os.utime(root / name, (written, written))
    remove(gone)
    found = reconcile(iter([kept, gone]), now=NOW)
    assert found.without_row == [stray, f"{stray}.part"]
    assert found.without_file == [gone]


def test_an_empty_store_reconciles(root: Path) -> None:
    root.rmdir()
    assert reconcile([], now=NOW) == files.Reconciled([], [])


def test_another_storage_can_be_named(tmp_path: Path, owner: uuid.UUID) -> None:
    backend = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    with override_settings(STORAGES={"sealed": backend}):
        stored = sealed(b"x" * (CHUNK + 1), owner)
        with open_file(stored.name, owner, LABEL) as opened:
            assert opened.read() == b"x" * (CHUNK + 1)
        assert reconcile([], now=dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)).without_row == [stored.name]
    assert everything(tmp_path) == []
