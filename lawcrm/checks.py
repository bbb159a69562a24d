"""System checks: every column says whether it holds personal data, and of what kind."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from lawcrm.personal_data import (
    ROOTS,
    SEALED,
    Category,
    Erase,
    PersonalData,
    Subject,
    all_models,
    declaration_of,
    path_to_subject,
    seals,
)

ID = "lawcrm.E001"
E002 = "lawcrm.E002"


@register
def every_column_is_declared(**_options: Any) -> list[CheckMessage]:
    return undeclared(all_models())


# The other ways, also the database's own cascade, write without the model's signals.
WRITES_HISTORY = (models.CASCADE, models.PROTECT, models.RESTRICT, models.DO_NOTHING)


@register
def history_misses_nothing(**_options: Any) -> list[CheckMessage]:
    return unwritten(all_models())


def unwritten(found: Iterable[type[models.Model]]) -> list[CheckMessage]:
    """What deleting another row does to an audited one behind the back of its history."""
    audited = [model for model in found if hasattr(model._meta, "simple_history_manager_attribute")]
    return [
        Error(
            f"{column.name!r} would change or go without history when what it names is deleted",
            obj=model._meta.label,
            id=E002,
        )
        for model in audited
        for column in model._meta.local_concrete_fields
        if isinstance(column, models.ForeignKey) and column.remote_field.on_delete not in WRITES_HISTORY
    ]


def undeclared(found: Iterable[type[models.Model]]) -> list[CheckMessage]:
    return [Error(problem, obj=model._meta.label, id=ID) for model in found for problem in problems_of(model)]


def problems_of(model: type[models.Model]) -> Iterator[str]:
    declared = declaration_of(model)
    if declared is None:
        yield "has no personal_data declaration"
        return
    yield from _column_problems(model, declared)
    yield from _attribute_problems(declared)
    if declared.subject in ROOTS:
        yield from _path_problems(model, declared)


def _column_problems(model: type[models.Model], declared: PersonalData) -> Iterator[str]:
    columns = {column.name: column for column in model._meta.local_concrete_fields}
    names = [*declared.fields, *declared.none]
    implied = {name for name, column in columns.items() if column.auto_created}
    for name in sorted(columns.keys() - names - implied):
        yield f"personal_data does not mention the column {name!r}"
    for name in sorted(names - columns.keys()):
        yield f"personal_data mentions {name!r}, which is not a column"
    for name in sorted(set(declared.fields) & set(declared.none)):
        yield f"personal_data mentions {name!r} twice"
    for name in sorted(declared.fields.keys() & columns.keys()):
        if declared.fields[name] in SEALED and not seals(columns[name]):
            yield f"{name!r} is {declared.fields[name]} and so must be a sealed field"


def _attribute_problems(declared: PersonalData) -> Iterator[str]:
    wrong = [category for category in declared.fields.values() if category not in set(Category)]
    yield from (f"{category!r} is not a category" for category in wrong)
    if declared.subject not in set(Subject):
        yield f"{declared.subject!r} is not a subject"
    if declared.subject == Subject.NONE:
        if declared.fields:
            yield "personal_data of nobody lists categories"
        return
    if declared.erase not in set(Erase):
        yield "personal_data does not say what erasure does"
    if not declared.purpose or not declared.retention:
        yield "personal_data does not say why and how long the data is kept"


def _path_problems(model: type[models.Model], declared: PersonalData) -> Iterator[str]:
    root = ROOTS[Subject(declared.subject)]
    path = path_to_subject(model, declared)
    label = getattr(model, "instance_type", model)._meta.label_lower
    if not path:
        if label != root:
            yield f"personal_data does not say which {declared.subject} it is about"
        return
    try:
        end = _end_of(model, path)
    except FieldDoesNotExist:
        yield f"the path {path!r} leads nowhere"
        return
    if end is not None and end._meta.label_lower != root:
        yield f"the path {path!r} leads to {end._meta.label}, not to a {declared.subject}"


def _end_of(model: type[models.Model], path: str) -> type[models.Model] | None:
    """Where the path ends; None at a plain number that outlives the row it names."""
    end: Any = model
    for step in path.split("__"):
        if end is None:
            raise FieldDoesNotExist(step)
        end = end._meta.get_field(step).related_model
    return apps.get_model(end) if isinstance(end, str) else end
