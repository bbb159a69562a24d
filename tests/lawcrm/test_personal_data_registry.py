"""The registry that data map, access report and erasure read."""

import pytest

from clients.models import Contact
from lawcrm.accounts.models import User
from lawcrm.personal_data import Category, Column, Erase, Store, Subject, registry, stores
from matters.models import Communication, MatterType


def of(model: type, column: str) -> Column:
    (found,) = [entry for entry in registry() if entry.model is model and entry.column == column]
    return found


def test_a_column_carries_all_that_its_model_declares() -> None:
    entry = of(Contact, "national_id")
    assert entry == Column(
        Contact, "national_id", Category.NATIONAL_ID, Subject.CONTACT, "", "client_relations", "contact", Erase.DELETE
    )
    assert (entry.is_sealed, entry.is_history) == (True, False)


def test_history_holds_what_the_live_table_holds_and_who_changed_it() -> None:
    history = Contact.history.model
    live = {entry.column for entry in registry() if entry.model is Contact}
    past = {entry.column for entry in registry() if entry.model is history}
    left_out = {"name_skeleton", "national_id_index"}
    assert past == (live - left_out) | {"history_user_id", "h_request_id", "h_reason"}
    entry = of(history, "national_id")
    assert (entry.path, entry.is_sealed, entry.is_history, entry.erase) == ("id", True, True, Erase.DELETE)


def test_a_child_is_reached_by_its_need_to_know_path() -> None:
    assert {of(model, "body").path for model in (Communication, Communication.history.model)} == {"matter"}


def test_history_of_settings_names_only_who_changed_them() -> None:
    found = {entry.column: entry.subject for entry in registry() if entry.model is MatterType.history.model}
    assert found == dict.fromkeys(("history_user_id", "h_request_id", "h_reason"), Subject.STAFF)


def test_a_many_to_many_table_belongs_to_its_source() -> None:
    found = [entry for entry in registry() if entry.model is User.groups.through]
    assert [(entry.column, entry.path, entry.erase) for entry in found] == [
        ("user", "user", Erase.DELETE),
        ("group", "user", Erase.DELETE),
    ]


@pytest.mark.parametrize("store", stores(), ids=lambda store: store.name)
def test_a_store_outside_the_tables_says_as_much_as_a_column(store: Store) -> None:
    values = vars(store)
    assert set(values["categories"]) <= set(Category)
    assert values["subject"] in set(Subject)
    assert values["erase"] in set(Erase)
    assert all(values.values())


def test_stores_are_named_once() -> None:
    names = [store.name for store in stores()]
    assert len(names) == len(set(names)) > 0
