"""`manage.py check` refuses a column nobody declared, and a declaration that does not fit."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.test.utils import isolate_apps

from clients.models import Contact
from lawcrm import audit
from lawcrm.checks import undeclared, unwritten
from lawcrm.crypto.fields import BlindIndexField, SealedTextField
from lawcrm.personal_data import PersonalData, all_models
from matters.models import Matter

WHY = {"purpose": "case_handling", "retention": "matter", "erase": "delete"}


def planted(declared: PersonalData | None, **columns: Any) -> type[models.Model]:
    """A model of a registry of its own."""
    with isolate_apps("lawcrm"):
        meta = type("Meta", (), {"app_label": "lawcrm"})
        own = {"personal_data": declared} if declared else {}
        return type("Planted", (models.Model,), {"__module__": __name__, "Meta": meta, **own, **columns})


def problems(declared: PersonalData | None, **columns: Any) -> list[str]:
    return [message.msg for message in undeclared([planted(declared, **columns)])]


def nobody_s(**options: Any) -> PersonalData:
    return PersonalData(subject="none", **options)


def contact_s(path: str = "owner", **options: Any) -> PersonalData:
    return PersonalData(subject="contact", path=path, **{"none": ["owner"], **WHY, **options})


def owned_by(root: type[models.Model] = Contact) -> Any:
    return models.ForeignKey(root, models.CASCADE, related_name="+")


def test_every_column_of_every_table_is_declared() -> None:
    assert undeclared(all_models()) == []


def test_an_undeclared_model_column_and_a_forgotten_one_are_told_apart() -> None:
    colour = models.TextField()
    assert problems(None, colour=colour) == ["has no personal_data declaration"]
    assert problems(nobody_s(), colour=models.TextField(), shape=models.TextField()) == [
        "personal_data does not mention the column 'colour'",
        "personal_data does not mention the column 'shape'",
    ]
    assert problems(nobody_s(none=["colour"]), colour=models.TextField()) == []


def test_a_declared_column_must_exist() -> None:
    assert problems(nobody_s(none=["colour", "gone"]), colour=models.TextField()) == [
        "personal_data mentions 'gone', which is not a column"
    ]


@pytest.mark.parametrize("category", ["national_id", "special", "criminal", "birth", "financial"])
def test_what_must_be_sealed_is_in_a_sealed_field(category: str) -> None:
    declared = contact_s(fields={"secret": category})
    assert problems(declared, owner=owned_by(), secret=models.TextField()) == [
        f"'secret' is {category} and so must be a sealed field"
    ]
    declared = contact_s(fields={"secret": category, "blind": category}, none=["owner", "sealed_for"])
    sealed = {
        "owner": owned_by(),
        "sealed_for": models.UUIDField(),
        "secret": SealedTextField(owner="sealed_for"),
        "blind": BlindIndexField(source="secret", norm="digits"),
    }
    assert problems(declared, **sealed) == []


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        (contact_s(fields={"colour": "taste"}), "'taste' is not a category"),
        (PersonalData(subject="pets", none=["owner", "colour"], **WHY), "'pets' is not a subject"),
        (nobody_s(none=["owner"], fields={"colour": "identity"}), "personal_data of nobody lists categories"),
        (contact_s(none=["owner", "colour"], erase="burn"), "personal_data does not say what erasure does"),
        (
            contact_s(none=["owner", "colour"], retention=""),
            "personal_data does not say why and how long the data is kept",
        ),
        (contact_s(none=["owner", "colour"], fields={"colour": "identity"}), "personal_data mentions 'colour' twice"),
        (contact_s("", none=["owner", "colour"]), "personal_data does not say which contact it is about"),
        (contact_s("owned", none=["owner", "colour"]), "the path 'owned' leads nowhere"),
        (contact_s("colour__owner", none=["owner", "colour"]), "the path 'colour__owner' leads nowhere"),
        (
            contact_s("owner__created_by", none=["owner", "colour"]),
            "the path 'owner__created_by' leads to accounts.User, not to a contact",
        ),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(declared: PersonalData, problem: str) -> None:
    assert problems(declared, owner=owned_by(), colour=models.TextField()) == [problem]


def test_the_need_to_know_path_serves_as_path_where_it_leads_to_the_subject() -> None:
    declared = PersonalData(subject="matter", none=["matter"], **WHY)
    assert problems(declared, need_to_know="matter", matter=owned_by(Matter)) == []
    wrong = PersonalData(subject="contact", none=["matter"], **WHY)
    assert problems(wrong, need_to_know="matter", matter=owned_by(Matter)) == [
        "personal_data does not say which contact it is about"
    ]


def test_a_forgotten_column_is_found_in_the_history_too() -> None:
    model: Any = planted(nobody_s(), colour=models.TextField(), history=audit.AuditedHistory())
    assert [message.msg for message in undeclared([model])] == ["personal_data does not mention the column 'colour'"]
    model = planted(None, colour=models.TextField(), history=audit.AuditedHistory())
    assert [message.msg for message in undeclared([model.history.model])] == ["has no personal_data declaration"]


@pytest.mark.parametrize("on_delete", [models.SET_NULL, models.SET_DEFAULT, models.SET(1), models.DB_SET_NULL])
def test_an_audited_row_is_not_changed_behind_its_history(on_delete: Any) -> None:
    column = models.ForeignKey(Contact, on_delete, null=True, default=None, related_name="+")
    model = planted(nobody_s(none=["owner"]), owner=column, history=audit.AuditedHistory())
    assert [message.id for message in unwritten([model])] == ["lawcrm.E002"]
    assert unwritten([planted(nobody_s(none=["owner"]), owner=owned_by(), history=audit.AuditedHistory())]) == []
    assert unwritten(all_models()) == []


def test_the_checks_are_there_without_anybody_importing_them() -> None:
    started = "import django; django.setup(); from django.core.checks.registry import registry"
    asked = f"{started}; print(*(check.__name__ for check in registry.get_checks()))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603
    assert {"every_column_is_declared", "history_misses_nothing"} <= set(done.stdout.split())


@pytest.fixture
def installed() -> Iterator[type[models.Model]]:
    """A model among the real ones, with one column nobody declared."""
    model = planted(nobody_s(), colour=models.TextField())
    apps.register_model("lawcrm", model)
    yield model
    del apps.all_models["lawcrm"]["planted"]
    apps.clear_cache()


@pytest.mark.django_db
@pytest.mark.usefixtures("installed")
def test_manage_py_check_fails() -> None:
    with pytest.raises(CommandError, match=r"lawcrm\.Planted: \(lawcrm\.E001\) personal_data does not mention"):
        call_command("check")
