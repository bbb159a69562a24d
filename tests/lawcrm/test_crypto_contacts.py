"""The same promises on real contacts, through guarded managers and audited history."""

import datetime as dt

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from clients.models import Contact
from lawcrm import access
from lawcrm.crypto import blind, inspection, keyring, rotation
from lawcrm.crypto.fields import Erased
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keyring")]

NOW = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def contacts(system: access.Viewer) -> list[Contact]:
    return [factories.contact(f"Person {n}", national_id=f"01017{n:05}", special_note="ill") for n in range(50)]


def test_a_page_of_contacts_costs_one_key_query(contacts: list[Contact]) -> None:
    with keyring.fresh(), CaptureQueriesContext(connections["keys"]) as queries:
        values = [(row.national_id, row.special_note) for row in Contact.objects.order_by("pk")]
    assert values == [(f"01017{n:05}", "ill") for n in range(50)]
    assert len(queries) == 1


def test_an_erased_contact_is_unreadable_and_no_longer_found(contacts: list[Contact]) -> None:
    erased, kept = contacts[:2]
    keyring.destroy(erased.public_id, now=NOW)
    assert blind.forget(erased.public_id) == 1
    read = Contact.objects.get(pk=erased.pk)
    past = Contact.history.filter(id=erased.pk).get()
    assert [type(value) for value in (read.national_id, read.special_note, past.national_id)] == [Erased] * 3
    assert not Contact.objects.filter(national_id_index__matching="01017-00000").exists()
    assert Contact.objects.get(national_id_index__matching="01017-00001") == kept
    assert Contact.objects.get(pk=kept.pk).special_note == "ill"


def test_reindexing_and_verification_reach_contacts_and_their_history(contacts: list[Contact]) -> None:
    assert rotation.reindex(batch=20) == 50
    assert Contact.objects.get(national_id_index__matching="0101700007") == contacts[7]
    found = inspection.verify()
    assert (found.opened, found.erased, found.broken) == (200, 0, [])
