"""Sealed columns: what is read back, what is refused, what breaks loudly."""

import copy
import datetime as dt
import pickle
import uuid

import pytest
from django import forms
from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import connection, connections, models, transaction
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lawcrm.crypto import keyring
from lawcrm.crypto.errors import KeyMissing, PlainTextRefused, SealBroken, SerializingRefused
from lawcrm.crypto.fields import Sealed, SealedTextField, reseal
from lawcrm.crypto.models import DataKey
from tests.lawcrm import sealed_rows
from tests.lawcrm.sealed_rows import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealed_tables", "fresh_keyring")]

BORN = dt.date(1980, 2, 29)
NUMBER = "290280-1234"
NOTES: SealedTextField = Person._meta.get_field("notes")


def person(**values: object) -> Person:
    return Person.objects.create(**{"national_id": NUMBER, "notes": "saw a doctor", **values})


def stored(row: Person, column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"select {column} from sealed_rows_person where id = %s", [row.pk])
        return bytes(cursor.fetchone()[0])


def store(row: Person, column: str, value: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"update sealed_rows_person set {column} = %s where id = %s", [value, row.pk])


def test_values_come_back_as_they_were_set() -> None:
    row = person(born_on=BORN, bank={"iban": ["DK50"], "ø": None})
    read = Person.objects.get(pk=row.pk)
    assert (read.national_id, read.notes, read.born_on) == (NUMBER, "saw a doctor", BORN)
    assert read.bank == {"iban": ["DK50"], "ø": None}


def test_null_and_empty_text_need_no_key() -> None:
    row = Person.objects.create(national_id=None, notes="")
    read = Person.objects.get(pk=row.pk)
    assert (read.national_id, read.notes, read.born_on, read.bank) == (None, "", None, None)
    assert not DataKey.objects.filter(owner=row.sealed_for).exists()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
@example("")
@example("\x00")
@example("🦊" * 40)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back(text: str) -> None:
    owner = uuid.UUID(int=7)
    assert NOTES.open(NOTES.seal(text, owner), owner) == text


def test_what_the_database_holds_says_nothing_and_never_twice_the_same() -> None:
    one, two = person(), person()
    assert b"doctor" not in stored(one, "notes")
    assert NOTES.seal("x", one.sealed_for) != NOTES.seal("x", one.sealed_for)
    assert stored(one, "notes")[:1] == b"\x01"
    assert stored(one, "notes") != stored(two, "notes")


def test_every_bit_flip_breaks() -> None:
    owner = uuid.uuid4()
    sealed = NOTES.seal("ok", owner)
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            NOTES.open(bytes(flipped), owner)


@pytest.mark.parametrize("length", range(1, 31))
def test_a_cut_value_breaks(length: int) -> None:
    owner = uuid.uuid4()
    sealed = NOTES.seal("ok", owner)
    assert len(sealed) == 31
    with pytest.raises(SealBroken):
        NOTES.open(sealed[:length], owner)


def test_a_value_moved_to_another_row_breaks() -> None:
    one, two = person(notes="of one"), person(notes="of two")
    store(two, "notes", stored(one, "notes"))
    with pytest.raises(SealBroken) as caught:
        _ = Person.objects.get(pk=two.pk).notes
    assert (
        str(caught.value) == f"sealed value of sealed_rows.person.notes in row {two.pk} does not open: altered or moved"
    )
    assert Person.objects.get(pk=one.pk).notes == "of one"


def test_a_value_moved_to_another_column_breaks() -> None:
    row = person()
    store(row, "notes", stored(row, "national_id"))
    with pytest.raises(SealBroken):
        _ = Person.objects.get(pk=row.pk).notes


def test_the_owner_is_bound_to_the_value_not_only_by_its_key() -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    sealed = NOTES.seal("of one", one)
    keyring.ring().keys[two] = keyring.ring().keys[one]
    with pytest.raises(SealBroken):
        NOTES.open(sealed, two)


def test_a_broken_value_is_not_written_on() -> None:
    one, two = person(), person()
    store(two, "notes", stored(one, "notes"))
    with pytest.raises(SealBroken):
        Person.objects.get(pk=two.pk).save()


def test_a_missing_key_is_not_an_erased_one() -> None:
    row = person()
    DataKey.objects.filter(owner=row.sealed_for).delete()
    with keyring.fresh(), pytest.raises(KeyMissing):
        _ = Person.objects.get(pk=row.pk).notes


REFUSED = {
    "filter": lambda: Person.objects.filter(notes="x"),
    "filter by nothing": lambda: Person.objects.filter(notes=""),
    "exclude": lambda: Person.objects.exclude(notes="x"),
    "in": lambda: Person.objects.filter(notes__in=["x"]),
    "contains": lambda: Person.objects.filter(notes__icontains="x"),
    "greater": lambda: Person.objects.filter(born_on__gt=BORN),
    "key in JSON": lambda: Person.objects.filter(bank__iban="x"),
    "another column": lambda: Person.objects.filter(notes=F("title")),
    "get_or_create": lambda: Person.objects.get_or_create(notes="x"),
    "update": lambda: Person.objects.update(notes="x"),
    "update a date": lambda: Person.objects.update(born_on=BORN),
    "update with a column": lambda: Person.objects.update(notes=F("title")),
    "update with a sealed column": lambda: Person.objects.update(notes=F("national_id")),
    "update with a value": lambda: Person.objects.update(notes=Value("x")),
    "update with another's": lambda: Person.objects.update(notes=Person.objects.values_list("notes", flat=True)[0]),
    "bulk_update": lambda: Person.objects.bulk_update([_changed()], ["notes"]),
    "bulk_update unchanged": lambda: Person.objects.bulk_update(list(Person.objects.all()), ["notes"]),
    "typed value": lambda: list(Person.objects.annotate(x=Value("x", output_field=NOTES))),
    "condition": lambda: list(Person.objects.annotate(x=models.Case(models.When(notes="x", then=1), default=0))),
}


def _changed() -> Person:
    row = Person.objects.get()
    row.notes = "changed"
    return row


@pytest.mark.parametrize("way", REFUSED)
def test_plain_text_does_not_reach_sql(way: str) -> None:
    person()
    with CaptureQueriesContext(connection) as queries, pytest.raises(PlainTextRefused), transaction.atomic():
        REFUSED[way]()
    assert not [query for query in queries.captured_queries if query["sql"].startswith(("UPDATE", "INSERT"))]
    assert Person.objects.get().notes == "saw a doctor"


def test_asking_for_null_and_setting_null_work() -> None:
    row = person()
    assert Person.objects.filter(national_id__isnull=False, national_id_index__isnull=False).get() == row
    assert list(Person.objects.filter(national_id=None)) == []
    Person.objects.update(national_id=None)
    assert Person.objects.get().national_id is None


def test_bulk_create_seals() -> None:
    owners = [uuid.uuid4() for _number in range(50)]
    with CaptureQueriesContext(connections["keys"]) as queries:
        keyring.prepare(owners)
        Person.objects.bulk_create(Person(sealed_for=owner, notes=str(owner)) for owner in owners)
    assert len([query for query in queries.captured_queries if "crypto_datakey" in query["sql"]]) == 3
    assert all(row.notes == str(row.sealed_for) for row in Person.objects.all())


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_a_page_costs_one_key_query(rows: int) -> None:
    for _number in range(rows):
        person(born_on=BORN, bank=["x"])
    pages = {
        "live": Person.objects.fetch_mode(models.FETCH_PEERS),
        "history": Person.history.all().fetch_mode(models.FETCH_PEERS),
        "deferred": Person.objects.only("title").fetch_mode(models.FETCH_PEERS),
    }
    for page in pages.values():
        with keyring.fresh(), CaptureQueriesContext(connections["keys"]) as queries:
            values = [(row.notes, row.national_id, row.born_on, row.bank) for row in page]
        assert values == [("saw a doctor", NUMBER, BORN, ["x"])] * rows
        assert len(queries) == 1


def test_a_plain_list_costs_one_key_query_after_load() -> None:
    for _number in range(5):
        person()
    rows = [Person.objects.get(pk=pk) for pk in Person.objects.values_list("pk", flat=True)]
    with keyring.fresh(), CaptureQueriesContext(connections["keys"]) as queries:
        keyring.load(row.sealed_for for row in rows)
        assert [row.notes for row in rows] == ["saw a doctor"] * 5
    assert len(queries) == 1


def test_history_opens_under_the_label_of_the_live_column() -> None:
    row = person()
    row.notes = "well again"
    row.save()
    assert [past.notes for past in row.history.order_by("history_id")] == ["saw a doctor", "well again"]
    assert Person.history.model._meta.get_field("notes").label == "sealed_rows.person.notes"
    assert NOTES.clone().label == NOTES.label


def test_deferred_and_refreshed_values_open() -> None:
    row = person()
    deferred = Person.objects.only("title").get(pk=row.pk)
    with CaptureQueriesContext(connection) as queries:
        assert deferred.notes == "saw a doctor"
    assert len(queries) == 1
    assert Person.objects.defer("notes").get(pk=row.pk).notes == "saw a doctor"
    other = Person.objects.get(pk=row.pk)
    other.notes = "changed"
    other.save(update_fields=["notes"])
    row.refresh_from_db()
    assert row.notes == "changed"


def test_saving_unchanged_text_writes_the_same_ciphertext() -> None:
    row = person()
    before = stored(row, "notes")
    read = Person.objects.get(pk=row.pk)
    read.notes = str(read.notes)
    read.title = "new"
    read.save()
    assert stored(row, "notes") == before


def test_a_change_inside_structured_data_is_saved() -> None:
    row = Person.objects.get(pk=person(bank={"accounts": [1]}).pk)
    row.bank["accounts"].append(2)
    row.save()
    assert Person.objects.get(pk=row.pk).bank == {"accounts": [1, 2]}


def test_a_row_moves_to_another_owner_by_resealing() -> None:
    row, owner = Person.objects.get(pk=person(born_on=BORN).pk), uuid.uuid4()
    reseal(row, owner)
    row.save()
    read = Person.objects.get(pk=row.pk)
    assert (read.sealed_for, read.notes, read.national_id, read.born_on) == (owner, "saw a doctor", NUMBER, BORN)


def test_another_owner_without_resealing_is_refused() -> None:
    row = Person.objects.get(pk=person().pk)
    row.sealed_for = uuid.uuid4()
    with pytest.raises((SealBroken, KeyMissing)):
        row.save()


def test_nothing_shows_in_repr_or_pickle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(apps.app_configs, "sealed_rows", sealed_rows.config)
    row = Person.objects.get(pk=person().pk)
    assert row.notes == "saw a doctor"
    assert "doctor" not in repr(row.__dict__) + repr(Person.objects.values("notes")[0]) + f"{NOTES.seal}"
    assert b"doctor" not in pickle.dumps(row)
    assert pickle.loads(pickle.dumps(row)).notes == "saw a doctor"  # noqa: S301
    row.notes = "unsaved doctor"
    assert "doctor" not in repr(row.__dict__)
    with pytest.raises(SerializingRefused):
        pickle.dumps(row)
    assert copy.copy(row).notes == copy.deepcopy(row).notes == "unsaved doctor"


@pytest.mark.parametrize("column", ["notes", "born_on", "bank"])
def test_serializers_are_refused(column: str) -> None:
    person(born_on=BORN, bank={"iban": "DK50"})
    with pytest.raises(SerializingRefused):
        serializers.serialize("json", Person.objects.all(), fields=[column])


def test_forms_show_and_take_sealed_values() -> None:
    form_class = forms.modelform_factory(Person, fields=["national_id", "notes", "born_on", "bank"])
    row = person(born_on=BORN, bank={"iban": "DK50"})
    form = form_class(instance=row)
    assert (type(form.fields["national_id"].widget), form.fields["national_id"].max_length) == (forms.TextInput, 40)
    assert type(form.fields["notes"].widget) is forms.Textarea
    assert form["born_on"].value() == BORN
    data = {"national_id": "", "notes": "new", "born_on": "1980-02-29", "bank": '{"iban": "DK51"}'}
    filled = form_class(data, instance=row)
    assert filled.is_valid(), filled.errors
    assert filled.changed_data == ["national_id", "notes", "bank"]
    filled.save()
    read = Person.objects.get(pk=row.pk)
    assert (read.national_id, read.notes, read.born_on, read.bank) == (None, "new", BORN, {"iban": "DK51"})


def test_text_longer_than_allowed_is_invalid() -> None:
    with pytest.raises(ValidationError, match="at most 40 characters"):
        Person(national_id="1" * 41).full_clean()
    Person(national_id="1" * 40).full_clean()


def test_values_without_model_stay_sealed() -> None:
    person()
    value = Person.objects.values_list("notes", flat=True)[0]
    assert isinstance(value, Sealed)
    assert f"{value} {value!r} {value!s}" == "<sealed> <sealed> <sealed>"


def test_a_sealed_column_without_owner_fails_the_check() -> None:
    with_fault = copy.copy(NOTES)
    with_fault.owner = "title"
    assert [message.id for message in with_fault.check()] == ["crypto.E010"]
    assert NOTES.check() == []
