"""Sealed columns: what is read back, what is refused, what breaks loudly."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection

from lawcrm.crypto import keyring
from tests.lawcrm.sealed_rows import Person, tables

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _tables(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with django_db_blocker.unblock(), tables():  # type: ignore[attr-defined]
        yield


@pytest.fixture(autouse=True)
def _fresh(system: object) -> Iterator[None]:
    with keyring.fresh():
        yield


def test_values_come_back_as_they_were_set() -> None:
    born = dt.date(1980, 2, 29)
    made = Person.objects.create(national_id="010180-1234", notes="Fragt å/ğ", born_on=born, bank={"iban": ["DK1"]})
    read = Person.objects.get(pk=made.pk)
    assert (read.national_id, read.notes, read.born_on, read.bank) == (
        "010180-1234",
        "Fragt å/ğ",
        born,
        {"iban": ["DK1"]},
    )
    assert Person.objects.get(national_id_index__matching="0101801234") == made
    h = made.history.get()
    assert h.national_id == "010180-1234" and h.national_id_index is None
