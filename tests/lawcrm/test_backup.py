"""Backup and restore: everything is found again in an empty place, and nothing can be read on the way."""

import gzip
import io
import os
import shutil
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.utils import timezone
from psycopg import sql
from pytest_django import DjangoDbBlocker

from lawcrm import access, audit, backup, engines
from lawcrm import firm as firms
from lawcrm.accounts.models import DeviceSession, User
from lawcrm.backup.archive import Archive
from lawcrm.backup.database import owner_url
from lawcrm.crypto import files, keyring
from lawcrm.models import Firm as FirmRow
from lawcrm.models import JournalEntry, OutboxMessage
from tests.conftest import copy_template
from tests.lawcrm import sealed_rows
from tests.lawcrm.sealed_rows import Person

pytestmark = pytest.mark.proof  # the restore drill
CANARY = "Karoline Ulfsdotter-Kanarie"
KEY = "a backup key of enough length"
OWNER = uuid.UUID("7e5f0000-0000-4000-8000-000000000001")

type Folders = tuple[Path, Path]


@dataclass(frozen=True)
class Firm:
    """A small firm that was backed up once for all tests here."""

    file: files.StoredFile
    backup: Folders
    rows: dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def firm(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firm]:
    place = tmp_path_factory.mktemp("firm")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(settings, "FILES_ROOT", place / "files")
        with sealed_rows.tables(), keyring.fresh(), access.as_system("test"):
            file = fill()
            folders = place / "data", place / "elsewhere" / "keys"
            backup.make(data=folders[0], keys=folders[1], key=KEY, schema="here", now=timezone.now())
            yield Firm(file, folders, {alias: rows_of(alias) for alias in ("default", "keys")})
        for alias in ("default", "keys"):
            copy_template(alias)


def fill() -> files.StoredFile:
    """A person of staff with an event and a session, a sealed value, a waiting mail, a sealed file."""
    with transaction.atomic():
        user = User.objects.create(email="kanarie@firm.example", full_name=CANARY)
        audit.record("staff.invited", user, reason=f"asked by {CANARY}")
        now = timezone.now()
        session = {"session_key": "s" * 64, "session_data": "x", "created_at": now, "last_seen_at": now}
        DeviceSession.objects.create(**session, user=user, expire_date=now)
        facts = firms.FirmFacts("Ulfsdotter", "SE", ["sv"], "Europe/Stockholm")
        firms.establish(facts=facts, now=now)
        Person.objects.create(sealed_for=OWNER, title=CANARY, notes=f"{CANARY} was born in Ystad")
        message = {"kind": "test", "thing_id": 1, "recipient_type": "staff", "recipient_id": user.pk}
        OutboxMessage.objects.create(**message, not_before=timezone.now())
    return files.seal_file(io.BytesIO(CANARY.encode() * 10_000), OWNER, label="document")


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILES_ROOT", tmp_path / "files")
    (tmp_path / "backup.key").write_text(KEY)
    monkeypatch.setenv("BACKUP_KEY_FILE", str(tmp_path / "backup.key"))


@pytest.fixture
def folders(firm: Firm, tmp_path: Path) -> Folders:
    """A copy of the backup that a test may break."""
    return shutil.copytree(firm.backup[0], tmp_path / "data"), shutil.copytree(firm.backup[1], tmp_path / "keys")


@pytest.fixture
def empty_place() -> Iterator[str]:
    name = f"restored_{uuid.uuid4().hex[:8]}"
    yield name
    with psycopg.connect(engines.superuser_url(), autocommit=True) as server:
        for database in (name, f"{name}_keys"):
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))


@contextmanager
def looking_into(name: str, folder: Path) -> Iterator[None]:
    """The application, as its own role, in the restored place."""
    names = {"default": name, "keys": f"{name}_keys"}
    before = {alias: connections[alias].settings_dict["NAME"] for alias in names}
    files_before, settings.FILES_ROOT = settings.FILES_ROOT, folder
    try:
        for alias, database in names.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = database
        with keyring.fresh(), access.as_system("test"):
            yield
    finally:
        settings.FILES_ROOT = files_before
        for alias, database in before.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = database


def rows_of(alias: str) -> dict[str, int]:
    with backup.database.snapshot(owner_url(alias)) as moment:
        return moment.rows()


def test_everything_is_found_in_an_empty_place(firm: Firm, folders: Folders, empty_place: str, tmp_path: Path) -> None:
    data, keys = folders
    there = tmp_path / "restored"
    assert (firm.rows["default"]["accounts_user"], firm.rows["keys"]["crypto_datakey"]) == (1, 1)

    call_command("restore", str(data), keys=keys, into=empty_place, files=there)

    with looking_into(empty_place, there):
        assert User.objects.get().full_name == CANARY
        assert JournalEntry.objects.get(kind="staff.invited").payload["reason"] == f"asked by {CANARY}"
        assert Person.objects.get().notes == f"{CANARY} was born in Ystad"
        with files.open_file(firm.file.name, OWNER, "document") as content:
            assert content.read() == CANARY.encode() * 10_000
        after = {alias: rows_of(alias) for alias in ("default", "keys")}
        assert list(audit.verify()) == []
    assert after["keys"] == firm.rows["keys"]
    assert after["default"] == {**firm.rows["default"], "accounts_devicesession": 0}


def test_a_restored_system_acts_for_nobody(folders: Folders, empty_place: str, tmp_path: Path) -> None:
    data, keys = folders
    call_command("restore", str(data), keys=keys, into=empty_place, files=tmp_path / "restored")
    with looking_into(empty_place, tmp_path / "restored"):
        assert (DeviceSession.objects.count(), FirmRow.holds_mail()) == (0, True)
        assert list(OutboxMessage.objects.values_list("state", "reason")) == [("unconfirmed", "restored")]


def test_the_application_s_role_owns_nothing_there_either(folders: Folders, empty_place: str, tmp_path: Path) -> None:
    data, keys = folders
    call_command("restore", str(data), keys=keys, into=empty_place, files=tmp_path / "restored")
    with psycopg.connect(owner_url("default", empty_place)) as session:
        owners = session.execute("select distinct tableowner from pg_tables where schemaname = 'public'").fetchall()
        guarded = "select count(*) from pg_class where relrowsecurity and relkind = 'r'"
        there = session.execute(guarded).fetchone()
    with psycopg.connect(owner_url("default")) as session:
        here = session.execute(guarded).fetchone()
    assert owners == [("lawcrm_owner",)]
    assert there == here


def unpacked(content: bytes) -> Iterator[bytes]:
    """The bytes themselves and whatever of them common decompressors accept."""
    yield content
    for start in range(min(len(content), 512)):
        for unpack in (zlib.decompress, gzip.decompress):
            try:
                yield unpack(content[start:])
            except (OSError, EOFError, zlib.error):
                continue


def test_nothing_of_it_can_be_read_and_the_key_is_not_among_it(folders: Folders) -> None:
    secrets = [CANARY.encode(), b"accounts_user", b"PGDMP", b"firm.example", KEY.encode()]
    secrets += [*settings.MASTER_KEYS.values()]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert sorted(path.name for path in found) == sorted(
        ["database.sealed", "files.sealed", "manifest.sealed", "keys.sealed", "manifest.sealed"]
    )
    for path in found:
        for content in unpacked(path.read_bytes()):
            assert [secret for secret in secrets if secret in content] == []


def test_the_canary_test_can_fail(folders: Folders) -> None:
    """The same secrets stand in what is encrypted, so their absence above means something."""
    with Archive(folders[0], KEY).read("database") as plain:
        content = plain.read()
    assert content.startswith(b"PGDMP")
    assert b"accounts_user" in content


@pytest.mark.parametrize("part", ["database", "files", "manifest", "keys"])
def test_one_flipped_bit_is_found(
    folders: Folders, part: str, empty_place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, keys = folders
    call_command("backup", "verify", str(data), str(keys))
    path = (keys if part == "keys" else data) / f"{part}.sealed"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(CommandError, match=f"Part {part} does not open"):
        call_command("backup", "verify", str(data), str(keys))
    with pytest.raises(CommandError, match=f"Part {part} does not open"):
        call_command("restore", str(data), keys=keys, into=empty_place, files=tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_a_cut_part_and_a_part_of_another_backup_are_found(folders: Folders, tmp_path: Path) -> None:
    data, keys = folders
    other = tmp_path / "other"
    call_command("backup", str(other), keys=tmp_path / "other-keys")
    whole = (data / "files.sealed").read_bytes()
    for wrong in (whole[:-40], (other / "files.sealed").read_bytes()):
        (data / "files.sealed").write_bytes(wrong)
        with pytest.raises(CommandError, match="Part files does not open"):
            call_command("backup", "verify", str(data), str(keys))


def test_the_wrong_key_opens_nothing(folders: Folders, tmp_path: Path, empty_place: str) -> None:
    (tmp_path / "backup.key").write_text(KEY.upper())
    with pytest.raises(CommandError, match="Part manifest does not open: wrong key"):
        call_command("restore", str(folders[0]), keys=folders[1], into=empty_place, files=tmp_path / "restored")


def test_without_a_key_there_is_no_backup(tmp_path: Path) -> None:
    for content in ("", "short"):
        (tmp_path / "backup.key").write_text(content)
        with pytest.raises(CommandError, match="BACKUP_KEY_FILE must name a file"):
            call_command("backup", str(tmp_path / "data"), keys=tmp_path / "keys")
        assert not (tmp_path / "data").exists()


def test_it_never_writes_over_anything(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letter").touch()
    with pytest.raises(CommandError, match="data is not empty"):
        call_command("backup", str(tmp_path / "data"), keys=tmp_path / "keys")


@pytest.mark.parametrize(("data", "keys"), [("here", "here"), ("here", "here/keys"), ("here/data", "here")])
def test_keys_beside_the_data_are_refused(tmp_path: Path, data: str, keys: str) -> None:
    with pytest.raises(CommandError, match="keys go to a place apart"):
        call_command("backup", str(tmp_path / data), keys=tmp_path / keys)


def test_data_in_the_place_is_kept_unless_it_is_said(folders: Folders, empty_place: str, tmp_path: Path) -> None:
    data, keys = folders
    target = {"keys": keys, "into": empty_place, "files": tmp_path / "restored"}
    call_command("restore", str(data), **target)
    with pytest.raises(CommandError, match=r"restored is not empty; --force"):
        call_command("restore", str(data), **target)
    with pytest.raises(CommandError, match=rf"{empty_place} is not empty; --force"):
        call_command("restore", str(data), **{**target, "files": tmp_path / "another"})
    call_command("restore", str(data), **target, force=True)


def test_a_count_that_differs_is_told(folders: Folders, empty_place: str, tmp_path: Path) -> None:
    data, keys = folders
    archive = Archive(data, KEY)
    manifest = archive.read_manifest()
    manifest.rows["accounts_user"] = 2
    os.unlink(archive.path("manifest"))  # noqa: PTH108
    archive.write_manifest(manifest)
    with pytest.raises(CommandError, match="accounts_user: 2 rows were backed up, 1 are there"):
        call_command("restore", str(data), keys=keys, into=empty_place, files=tmp_path / "restored")
