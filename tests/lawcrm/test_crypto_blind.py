"""Blind indexes: exact lookup, nothing in history, a new key once a year."""

import datetime as dt

import pytest
from django.db import transaction

from lawcrm.crypto import keyring, rotation
from lawcrm.crypto.blind import BlindIndexField, IndexLeftBehind
from lawcrm.crypto.errors import PlainTextRefused
from lawcrm.crypto.models import IndexKey
from tests.lawcrm.sealed_rows import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealed_tables", "fresh_keyring")]

INDEX: BlindIndexField = Person._meta.get_field("national_id_index")
COLUMNS = [(Person, INDEX)]


def found(text: str) -> list[Person]:
    return list(Person.objects.filter(national_id_index__matching=text))


def test_equal_numbers_are_found_however_written() -> None:
    row = Person.objects.create(national_id="290280-1234")
    Person.objects.create(national_id="290280-1235")
    for text in ("290280-1234", "2902801234", " 29 02 80 1234", "290280–1234"):
        assert found(text) == [row]
    assert list(Person.objects.exclude(national_id_index__matching="2902801235")) == [row]


@pytest.mark.parametrize("text", ["", "-", "abc"])
def test_nothing_left_of_the_text_finds_nothing(text: str) -> None:
    Person.objects.create(national_id=None)
    Person.objects.create(national_id="abc")
    assert found(text) == []


def test_a_lookup_before_anything_was_indexed_writes_nothing() -> None:
    assert found("2902801234") == []
    assert not IndexKey.objects.exists()


def test_plain_text_is_refused() -> None:
    with pytest.raises(PlainTextRefused):
        Person.objects.filter(national_id_index="2902801234")
    with pytest.raises(PlainTextRefused), transaction.atomic():
        Person.objects.update(national_id_index="2902801234")


def test_the_index_follows_its_source() -> None:
    row = Person.objects.create(national_id="1")
    row.national_id = "2"
    row.save()
    assert (found("1"), found("2")) == ([], [row])
    row.national_id = "3"
    with pytest.raises(IndexLeftBehind):
        row.save(update_fields=["national_id"])
    row.save(update_fields=["national_id", "national_id_index"])
    assert found("3") == [row]
    row.national_id = None
    row.save()
    assert row.national_id_index is None


def test_history_holds_no_index() -> None:
    row = Person.objects.create(national_id="1")
    row.delete()
    assert list(Person.history.values_list("national_id_index", flat=True)) == [None, None]


def test_the_digest_is_short_and_of_this_column_only() -> None:
    other = BlindIndexField(source="notes", norm="digits", label="sealed_rows.person.other")
    digest = INDEX.digest("290280-1234")
    assert digest is not None
    assert len(digest) == 16
    assert digest != other.digest("290280-1234")


def test_an_erased_text_has_no_digest() -> None:
    row = Person.objects.create(notes="x")
    field = BlindIndexField(source="notes", norm="alnum", label="sealed_rows.person.other")
    assert field.digest_of(row) == field.digest("X")
    keyring.destroy(row.sealed_for, now=dt.datetime(2027, 3, 1, tzinfo=dt.UTC))
    assert field.digest_of(Person.objects.get(pk=row.pk)) is None


def test_reindexing_replaces_key_and_every_digest() -> None:
    rows = [Person.objects.create(national_id=str(number)) for number in range(7)]
    before = {row.pk: bytes(row.national_id_index) for row in rows}
    assert rotation.reindex(batch=3, columns=COLUMNS) == 7
    assert list(IndexKey.objects.values_list("generation", flat=True)) == [2]
    with keyring.fresh():
        assert [found(str(number)) for number in range(7)] == [[row] for row in rows]
    after = dict(Person.objects.values_list("pk", "national_id_index"))
    assert all(bytes(after[pk]) != digest for pk, digest in before.items())


def test_between_two_generations_both_are_found_and_the_next_run_finishes() -> None:
    old = Person.objects.create(national_id="1")
    keyring.make_index_key(2)
    new = Person.objects.create(national_id="2")
    assert (found("1"), found("2")) == ([old], [new])
    assert rotation.reindex(columns=COLUMNS) == 2
    assert list(IndexKey.objects.values_list("generation", flat=True)) == [2]
    assert (found("1"), found("2")) == ([old], [new])
