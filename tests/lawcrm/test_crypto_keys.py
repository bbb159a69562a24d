"""Keys: made once, forgotten between requests, destroyed for ever, and never guessed when lost."""

import datetime as dt
import io
import pickle
import secrets
import stat
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from lawcrm.crypto import blind, inspection, keyfile, keyring, masterkey
from lawcrm.crypto.checks import ensure_usable, faults
from lawcrm.crypto.errors import CryptoUnusable, KeyDestroyed, KeyFileUnusable, MasterKeyMissing, MasterKeyWrong
from lawcrm.crypto.fields import Erased, SealedTextField
from lawcrm.crypto.files import FileErased, open_file, seal_file
from lawcrm.crypto.models import DataKey, MasterKey
from tests.lawcrm.sealed_rows import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealed_tables", "fresh_keyring")]

NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
NOTES: SealedTextField = Person._meta.get_field("notes")


@pytest.fixture
def person() -> Person:
    return Person.objects.create(national_id="290280-1234", notes="saw a doctor", born_on=NOW.date(), bank=["x"])


def values(row: Person) -> list[object]:
    return [row.national_id, row.notes, row.born_on, row.bank]


def test_destroying_a_key_erases_fields_history_and_files_at_once(
    person: Person, settings: object, tmp_path: Path
) -> None:
    settings.FILES_ROOT = tmp_path  # type: ignore[attr-defined]
    kept = Person.objects.create(notes="of another")
    file = seal_file(io.BytesIO(b"passport"), person.sealed_for, label="paper")
    open_before = Person.objects.get(pk=person.pk)
    keyring.destroy(person.sealed_for, now=NOW)
    for row in (Person.objects.get(pk=person.pk), open_before, person.history.get()):
        assert [type(value) for value in values(row)] == [Erased] * 4
    with pytest.raises(FileErased):
        open_file(file.name, person.sealed_for, "paper")
    assert Person.objects.get(pk=kept.pk).notes == "of another"
    row = DataKey.objects.get(owner=person.sealed_for)
    assert (row.wrapped, row.destroyed_at) == (None, NOW)


def test_a_destroyed_key_is_not_made_again(person: Person) -> None:
    assert not keyring.is_destroyed(person.sealed_for)
    keyring.destroy(person.sealed_for, now=NOW)
    keyring.destroy(person.sealed_for, now=NOW + dt.timedelta(days=1))
    assert keyring.is_destroyed(person.sealed_for)
    person.notes = "new"
    with pytest.raises(KeyDestroyed):
        person.save()
    assert DataKey.objects.get(owner=person.sealed_for).destroyed_at == NOW
    with pytest.raises(IntegrityError), transaction.atomic(using="keys"):
        DataKey.objects.filter(owner=person.sealed_for).update(wrapped=b"x")


def test_an_owner_who_never_had_a_key_can_be_erased() -> None:
    owner = uuid.uuid4()
    keyring.destroy(owner, now=NOW)
    with pytest.raises(KeyDestroyed):
        NOTES.seal("late", owner)


def test_an_erased_row_can_be_saved_deleted_and_read_in_each_language(person: Person) -> None:
    keyring.destroy(person.sealed_for, now=NOW)
    row = Person.objects.get(pk=person.pk)
    assert row.notes == "[erased]"
    row.title = "kept in order"
    row.save()
    assert [type(value) for past in Person.history.all() for value in values(past)] == [Erased] * 8
    assert Person.objects.get(pk=person.pk).national_id_index is None
    with translation.override("de"):
        assert str(Person.objects.get(pk=person.pk).notes) == translation.gettext("[erased]")
    row.delete()
    assert Person.history.count() == 3


def test_blind_indexes_of_an_erased_owner_are_cleared(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Person.objects.create(national_id="010170-1111")
    columns = [(Person, Person._meta.get_field("national_id_index"))]
    monkeypatch.setattr(blind, "indexed", lambda: columns)  # these tables belong to no installed app
    assert blind.forget(person.sealed_for) == 1
    assert Person.objects.get(national_id_index__isnull=False) == other


def test_a_key_is_read_once_per_request(person: Person) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(Person.objects.get(pk=person.pk).notes) * 2)

    handler = keyring.FreshKeyring(view)
    before = keyring.ring()
    with CaptureQueriesContext(connections["keys"]) as queries:
        assert handler(HttpRequest()).content == handler(HttpRequest()).content == b"saw a doctor" * 2
    assert len(queries) == 2
    assert keyring.ring() is before


def test_another_thread_forgets_the_key_at_once(person: Person) -> None:
    """Not the database but the other thread's cache is looked at: its connection sees nothing of this transaction."""
    owner, filled, destroyed, seen = person.sealed_for, threading.Event(), threading.Event(), []

    def other() -> None:
        keyring.ring().keys[owner] = masterkey.Secret(bytes(32))
        filled.set()
        destroyed.wait(10)
        seen.append(keyring.ring().keys[owner])

    thread = threading.Thread(target=other)
    thread.start()
    filled.wait(10)
    keyring.destroy(owner, now=NOW)
    destroyed.set()
    thread.join()
    assert seen == [None]


def test_keys_do_not_stay_longer_than_a_minute(person: Person) -> None:
    keyring.load([person.sealed_for])
    keyring.ring().since -= keyring.SECONDS_KEPT + 1
    assert keyring.ring().keys == {}


def test_the_same_key_whoever_makes_it_first() -> None:
    owner = uuid.uuid4()
    sealed = NOTES.seal("first", owner)
    with keyring.fresh():
        keyring._make([owner])
        assert NOTES.open(sealed, owner) == "first"
    assert DataKey.objects.filter(owner=owner).count() == 1


def test_secrets_do_not_show() -> None:
    secret = masterkey.Secret(b"k" * 32)
    assert repr(secret) == "<secret>"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def other_key() -> dict[int, bytes]:
    return {1: secrets.token_bytes(32)}


LOST: dict[str, tuple[Callable[[], object], type[Exception]]] = {
    "no setting": (lambda: None, KeyFileUnusable),
    "no key": (dict, KeyFileUnusable),
    "short": (lambda: {1: b"short"}, KeyFileUnusable),
    "all zero": (lambda: {1: bytes(32)}, KeyFileUnusable),
    "another key of the same version": (other_key, MasterKeyWrong),
    "only another version": (lambda: {2: secrets.token_bytes(32)}, MasterKeyMissing),
}


@pytest.mark.parametrize("way", LOST)
def test_without_the_right_master_key_everything_refuses(way: str, person: Person) -> None:
    keys, fault = LOST[way]
    with override_settings(MASTER_KEYS=keys()), keyring.fresh():
        with pytest.raises(fault):
            _ = Person.objects.get(pk=person.pk).notes
        with pytest.raises(fault), transaction.atomic():
            Person.objects.create(notes="new")
        with pytest.raises(CryptoUnusable, match="does not start"):
            ensure_usable()
        assert [message.id for message in run_checks(databases=["keys"]) if str(message.id).startswith("crypto")]
    assert Person.objects.get(pk=person.pk).notes == "saw a doctor"


def test_a_lost_key_is_said_in_words(person: Person) -> None:
    with override_settings(MASTER_KEYS={2: secrets.token_bytes(32)}):
        assert list(faults()) == [str(MasterKeyMissing(1))]
    with override_settings(MASTER_KEYS=other_key()):
        assert list(faults()) == [str(MasterKeyWrong(1))]
    ensure_usable()


def test_a_fingerprint_lost_with_the_key_does_not_help(person: Person) -> None:
    MasterKey.objects.all().delete()
    with override_settings(MASTER_KEYS=other_key()), keyring.fresh(), pytest.raises(MasterKeyWrong):
        _ = Person.objects.get(pk=person.pk).notes


def test_a_wrapped_key_does_not_fit_another_owner() -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    keyring.prepare([one, two])
    DataKey.objects.filter(owner=two).update(wrapped=bytes(DataKey.objects.get(owner=one).wrapped or b""))
    with keyring.fresh(), pytest.raises(MasterKeyWrong):
        keyring.load([two])


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"1": "AAAA"}', '{"one": ""}', '{"1": 5}', "null"])
def test_a_faulty_key_file_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(KeyFileUnusable) as caught:
        keyfile.parse(text)
    assert text == "" or text not in str(caught.value).split("The file is JSON")[0]


def test_a_new_key_file_is_private_complete_and_never_overwrites(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    call_command("crypto", "new-master-key", out=first, stdout=io.StringIO())
    call_command("crypto", "new-master-key", out=second, keep=first, stdout=io.StringIO())
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    one, two = keyfile.parse(first.read_text()), keyfile.parse(second.read_text())
    assert (list(one), list(two), two[1]) == ([1], [1, 2], one[1])
    with pytest.raises(CommandError, match="not overwritten"):
        call_command("crypto", "new-master-key", out=second, stdout=io.StringIO())
    assert keyfile.parse(second.read_text()) == two


def test_verification_names_what_does_not_open(person: Person) -> None:
    other = Person.objects.create(notes="of another")
    keyring.destroy(other.sealed_for, now=NOW)
    found = inspection.verify([Person])
    assert (found.opened, found.erased, found.broken) == (4, 1, [])
    with connection.cursor() as cursor:
        cursor.execute("update sealed_rows_person set notes = '\\x0102' where id = %s", [person.pk])
    found = inspection.verify([Person])
    assert found.broken == [f"sealed_rows.person.notes in row {person.pk}: SealBroken"]
    assert inspection.verify([Person], sample=1).broken == []
