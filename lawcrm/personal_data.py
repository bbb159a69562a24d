"""What personal data each column and each store outside the tables holds, declared where the data is."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models


class Category(StrEnum):
    """What kind of data a column holds; the sealed ones may only be stored in sealed fields."""

    IDENTITY = "identity"
    CONTACT = "contact"
    COMMUNICATION = "communication"
    SPECIAL = "special"  # GDPR Art. 9
    CRIMINAL = "criminal"  # GDPR Art. 10
    NATIONAL_ID = "national_id"  # GDPR Art. 87
    FINANCIAL = "financial"
    BIRTH = "birth"
    CREDENTIAL = "credential"
    TECHNICAL = "technical"
    FREE_TEXT = "free_text"
    MATTER_CONTENT = "matter_content"


class Subject(StrEnum):
    """Whose data it is."""

    CONTACT = "contact"
    STAFF = "staff"
    MATTER = "matter"
    OTHERS = "others"  # people asked about who are no contacts, as in a conflict check
    NONE = "none"


class Erase(StrEnum):
    """What erasing the person does to the row or the column."""

    DELETE = "delete"
    BLANK = "blank"
    KEEP = "keep"


SEALED = frozenset({Category.NATIONAL_ID, Category.SPECIAL, Category.CRIMINAL, Category.BIRTH, Category.FINANCIAL})
ROOTS = {Subject.CONTACT: "clients.contact", Subject.MATTER: "matters.matter", Subject.STAFF: "accounts.user"}


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """The declaration of one model: `fields` maps columns to categories, `none` lists the others.

    `path` leads by the ORM to the person or matter when the row is not that itself and its
    need-to-know path does not lead there. `retention` is a rule's code in the retention schedule.
    An automatic `id` needs no mention.
    """

    subject: str
    path: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    none: Collection[str] = ()
    purpose: str = ""
    retention: str = ""
    erase: str = ""


@dataclass(frozen=True, kw_only=True)
class Store:
    """A place outside the tables that holds personal data: files, queues, logs, backups, keys."""

    name: str
    where: str
    subject: str
    categories: Collection[str]
    purpose: str
    retention: str
    erase: str


@dataclass(frozen=True)
class Column:
    """One column that holds personal data, with all that is declared about it."""

    model: type[models.Model]
    column: str
    category: Category
    subject: Subject
    path: str
    purpose: str
    retention: str
    erase: Erase

    @property
    def is_history(self) -> bool:
        return hasattr(self.model, "instance_type")

    @property
    def is_sealed(self) -> bool:
        return seals(self.model._meta.get_field(self.column))


# Columns that every history table adds to those of its live model.
OF_HISTORY = {"history_user_id": "technical", "h_request_id": "technical", "h_reason": "free_text"}
OF_HISTORY_NONE = ("history_id", "history_date", "history_type", "h_source")


def declaration_of(model: type[models.Model]) -> PersonalData | None:
    """The model's own declaration, that of its live model, or the one made for a third party's table."""
    from lawcrm.third_party_data import TABLES

    if live := getattr(model, "instance_type", None):
        return _of_history(model, live)
    source: Any = model._meta.auto_created  # the model that declares the many-to-many field, or False
    if source:
        return _of_link(model, source)
    own: PersonalData | None = getattr(model, "personal_data", None)
    return own or TABLES.get(model._meta.label)


def _of_history(model: type[models.Model], live: type[models.Model]) -> PersonalData | None:
    """History holds what its live model holds, and goes row by row when that is erased."""
    if (declared := declaration_of(live)) is None:
        return None
    if declared.subject == Subject.NONE:
        return _of_settings(model)
    copied = {column.name for column in model._meta.concrete_fields}
    fields = {name: category for name, category in declared.fields.items() if name in copied}
    none = [name for name in declared.none if name in copied]
    pk = live._meta.pk
    if pk is not None and pk.name not in {*fields, *none}:
        none.append(pk.name)
    return replace(
        declared,
        path=path_to_subject(live, declared) or (pk.name if pk else ""),
        fields=fields | OF_HISTORY,
        none=[*none, *OF_HISTORY_NONE],
        erase=Erase.DELETE,
    )


def _of_settings(model: type[models.Model]) -> PersonalData:
    """Of what is nobody's data, history still says who changed it."""
    columns = [column.name for column in model._meta.concrete_fields if column.name not in OF_HISTORY]
    return PersonalData(
        subject=Subject.STAFF,
        path="history_user_id",
        fields=OF_HISTORY,
        none=columns,
        purpose="accountability",
        retention="journal",
        erase=Erase.KEEP,
    )


def _of_link(model: type[models.Model], source: type[models.Model]) -> PersonalData | None:
    """A many-to-many table says of its source's person what they are linked with."""
    if (declared := declaration_of(source)) is None:
        return None
    columns = [column.name for column in model._meta.concrete_fields if not column.primary_key]
    if declared.subject == Subject.NONE:
        return replace(declared, fields={}, none=columns)
    to_source = next(column.name for column in model._meta.concrete_fields if column.related_model is source)
    path = "__".join(filter(None, (to_source, path_to_subject(source, declared))))
    fields = dict.fromkeys(columns, Category.TECHNICAL)
    return replace(declared, path=path, fields=fields, none=(), erase=Erase.DELETE)


def path_to_subject(model: type[models.Model], declared: PersonalData) -> str:
    """The declared path, or the need-to-know path where that leads to the subject; "" for the subject itself."""
    if declared.path:
        return declared.path
    path = getattr(model, "need_to_know", "self")
    return path if path == declared.subject else ""


def seals(column: Any) -> bool:
    """Whether the column is stored sealed, or as a keyed index from which nothing can be read."""
    from lawcrm.crypto.fields import BlindIndexField, SealedField

    return isinstance(column, SealedField | BlindIndexField) or bool(getattr(column, "seals", False))


def all_models() -> list[type[models.Model]]:
    """Every model with a table: ours, their history, many-to-many tables, third parties'."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


@cache
def registry() -> tuple[Column, ...]:
    """Every column that holds personal data."""
    return tuple(column for model in all_models() for column in columns_of(model))


def columns_of(model: type[models.Model]) -> Iterator[Column]:
    declared = declaration_of(model)
    if declared is None or declared.subject == Subject.NONE:
        return
    subject, path = Subject(declared.subject), path_to_subject(model, declared)
    erase = Erase(declared.erase or Erase.DELETE)
    for name, category in declared.fields.items():
        yield Column(model, name, Category(category), subject, path, declared.purpose, declared.retention, erase)


def stores() -> tuple[Store, ...]:
    """Every place outside the tables that holds personal data."""
    from lawcrm.third_party_data import STORES

    return STORES
