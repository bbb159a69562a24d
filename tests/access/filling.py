"""One row of every guarded model, hung on one matter or its contact; every text says whose it is and in which field."""

import io
import itertools
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from deadlines.models import Plan, PlanVersion
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.audit.history import DERIVED
from lawcrm.crypto import files
from lawcrm.crypto.fields import BlindIndexField, SealedDateField, SealedJSONField, SealedTextField
from matters.models import Document, MatterType
from tests import factories, personas

CANARY = "CNRY"
_years = itertools.count()
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHORTEST = len(f"{CANARY}-") + 5  # a column too short for the word and its matter's mark carries no canary
# Text that the program reads: a canary in it would not be a possible row.
READ_BY_THE_PROGRAM = {
    "clients.Contact.country": "DE",
    "clients.Contact.language": "de",
    "clients.Court.country": "DE",
    "clients.Court.subdivision": "DE-NW",
    "clients.Address.country": "DE",
    "clients.ContactImport.encoding": "utf-8",
    "clients.ContactImport.sha256": "00",
    "matters.Matter.jurisdiction": "DE",
    "matters.ConflictCheck.matcher_version": "1",
    "matters.ConflictHit.matcher": "name",
    "matters.Document.media_type": "text/plain",
    "deadlines.Deadline.time_zone": "Europe/Berlin",
    "deadlines.Reminder.step": "7d.1",
    "deadlines.Series.rule": "FREQ=WEEKLY;INTERVAL=1",
    "lawcrm.LogReviewAnswer.question": "refused",
    "privacy.Certificate.kind": "matter",
    "privacy.Certificate.rule": "matter",
    "privacy.ErasureItem.rule": "matter",
}
# What a constraint or a reader of the column asks for; the rest follows from the kind of column.
GIVEN: dict[str, dict[str, Any]] = {
    "clients.Contact": {"restricted_at": None, "quarantined_at": None, "is_directory": False},
    "clients.ContactPoint": {"kind": "email"},
    "clients.ContactWall": {"user": None},
    "clients.ContactImport": {"ended_at": None},
    "matters.BreakGlass": {"ends_at": NOON + timedelta(hours=1), "ended_at": None},
    "matters.Matter": {"state": "open", "closed_on": None},
    "matters.Communication": {"kind": "call", "message_digest": None},
    "matters.Party": {"role": "client", "until": None},
    "matters.Wall": {"contact": None, "starts_at": NOON, "ends_at": None, "lowered_at": None},
    "matters.WallBar": {"user": None, "contact": None},
    "lawcrm.LogReview": {"record": None, "signed_by": None, "signed_at": None},
    "deadlines.Deadline": {
        "kind": "statutory",
        **dict.fromkeys(("confirmed_by", "confirmed_at", "ended_by", "ended_at", "evidence")),
        **dict.fromkeys(("checked_by", "checked_at", "group", "series", "occurs_on", "plan_use")),
        "state": "open",
    },
    "deadlines.Extension": {"state": "asked", "answered_by": None, "answered_at": None, "evidence": None},
    "deadlines.Series": {"ended_at": None},
    "deadlines.Proposal": {"state": "open", "source": "holiday", "settled_by": None, "settled_at": None},
    "deadlines.Task": {"done_by": None, "done_at": None, "plan_use": None, "group": None},
    "deadlines.Reminder": {"acknowledged_at": None, "next_at": None, "level": 0},
    "deadlines.CalendarFeed": {"revoked_at": None},
    "privacy.MatterReviewItem": {"group": None},
    "privacy.Hold": {"contact": None, "released_by": None, "released_at": None},
    "privacy.ErasureItem": {"state": "proposed", "released_by": None, "released_at": None, "erased_at": None},
}


@dataclass
class Filling:
    """A matter's rows by model label; `mark` is the word in all their texts."""

    mark: str
    owner: User
    group: Group
    rows: dict[str, Any] = field(default_factory=dict)

    @property
    def matter(self) -> Any:
        return self.rows["matters.Matter"]

    @property
    def contact(self) -> Any:
        return self.rows["clients.Contact"]

    @property
    def ids(self) -> dict[str, Any]:
        """Public ids by noun, as addresses ask for them."""
        nouns = {"clients.ContactImport": "import", "privacy.ErasureItem": "item", "matters.ConflictCheck": "check"}
        found = {
            nouns.get(label, label.rsplit(".", 1)[-1].lower()): row.public_id
            for label, row in self.rows.items()
            if hasattr(row, "public_id")
        }
        return found | {"share": self.rows["clients.ContactPoint"].share_id}

    def text(self, column: Any) -> str:
        said = f"{CANARY}-{self.mark}-{column.model._meta.model_name}.{column.name}"
        return said[: column.max_length] if column.max_length else said


def guarded() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if hasattr(model, "need_to_know")]


def in_order() -> Iterator[type[models.Model]]:
    """Models after those they refer to, the two roots' own order included."""
    known = {model._meta.label: model for model in guarded()}
    needs = {
        label: {
            target
            for column in model._meta.local_fields
            if column.is_relation and (target := column.related_model._meta.label) in known and target != label
        }
        for label, model in known.items()
    }
    needs["matters.Matter"].add("clients.Contact")
    for label in needs.keys() - {"clients.Contact", "matters.Matter", "clients.Court"}:
        needs[label].add("matters.Matter")
    return (known[label] for label in TopologicalSorter(needs).static_order())


def fill(mark: str, owner: User, group: Group | None = None) -> Filling:
    """A matter of the owner, with everything that hangs on it or its contact; the group is kept out."""
    filling = Filling(mark, owner, group or personas.practice_group(f"{mark} kept out"))
    with access.as_system("test"), transaction.atomic():
        for model in in_order():
            filling.rows[model._meta.label] = model._default_manager.create(**_values(model, filling))
        _seal_file(filling)
        for permission in ("view_matter", "work_matter", "manage_matter"):
            factories.grant(filling.matter, owner, permission)
        audit.record("matter.opened", filling.matter, reason=f"{CANARY}-{mark}-journal.reason")
    return filling


def _seal_file(filling: Filling) -> None:
    document = filling.rows["matters.Document"]
    content = io.BytesIO(f"{CANARY}-{filling.mark}-document.content".encode())
    stored = files.seal_file(content, filling.matter.public_id, label=Document.stored_file_label)
    document.stored_name, document.sha256, document.size = stored.name, bytes.fromhex(stored.sha256), stored.size
    document.save()


def _values(model: type[models.Model], filling: Filling) -> dict[str, Any]:
    given = GIVEN.get(model._meta.label, {})
    return {
        column.name: given[column.name] if column.name in given else _value(column, filling)
        for column in model._meta.local_fields
        if column.name in given or _is_ours(column)
    }


def _is_ours(column: Any) -> bool:
    derived = isinstance(column, models.AutoField | models.GeneratedField | BlindIndexField)
    return not derived and column.name not in {*DERIVED, "public_id", "share_id", "hold_count", "created_at"}


def _value(column: Any, filling: Filling) -> Any:  # noqa: PLR0911 - one line per kind of column
    label = f"{column.model._meta.label}.{column.name}"
    if label in READ_BY_THE_PROGRAM:
        return READ_BY_THE_PROGRAM[label]
    if column.is_relation:
        return _related(column, filling)
    if column.choices:
        return column.choices[0][0]
    if column.name.endswith(("_ref", "_id", "sealed_for")):
        return _reference(column, filling)
    if column.name == "stored_name":
        return secrets.token_hex(8)
    if (shape := _structure(label, filling.text(column))) is not None:
        return shape
    return _by_kind(column, filling.text(column))


def _by_kind(column: Any, text: str) -> Any:  # noqa: PLR0911
    match column:
        case SealedJSONField() | models.JSONField():
            return {"canary": text}
        case SealedTextField() | models.CharField() | models.TextField():
            return text
        case models.DateTimeField():
            return NOON
        case SealedDateField() | models.DateField():
            return date(1990 + next(_years), 1, 1) if column.unique else date(2026, 11, 30)
        case models.BinaryField():
            return text.encode()[: column.max_length or 32]
        case ArrayField():
            return []
        case models.BooleanField():
            return column.get_default() if column.has_default() else False
        case models.IntegerField() | models.FloatField():
            return 1
    return column.get_default() if column.has_default() else None


def _related(column: Any, filling: Filling) -> Any:
    target = column.related_model
    if target is User:
        return personas.second_person() if column.name == "confirmer" else filling.owner
    if target is Group:
        return filling.group
    if target is MatterType:
        return factories.matter_type()
    if (made := filling.rows.get(target._meta.label)) is not None:
        return made
    if target in {Plan, PlanVersion}:
        version = factories.plan_version(filling.owner)
        return version.plan if target is Plan else version
    return factories.purpose() if target._meta.label == "consent.Purpose" else None


def _reference(column: Any, filling: Filling) -> Any:
    """Plain ids that stand in for a foreign key."""
    roots = {"contact": "clients.Contact", "matter": "matters.Matter"}
    noun = column.name.rsplit("_", 1)[0]
    row = filling.owner if noun == "user" else filling.rows.get(roots.get(noun, ""))
    if row is not None:
        return row.pk
    return filling.matter.public_id if isinstance(column, models.UUIDField) else filling.text(column)


def _structure(label: str, text: str) -> Any:
    """Values whose form the program reads."""
    envelope = {**dict.fromkeys(("from", "to", "cc", "date"), text), "readable": True, "left_out": []}
    shapes = {
        "matters.Communication.envelope": json.dumps(envelope),
        "matters.ConflictCheck.terms": [text],
        "matters.ConflictHit.found": {"name": text, "via": "name", "roles": [{"matter": text, "role": "client"}]},
        "deadlines.Deadline.trace": [{"left": text, "right": text}],
        "deadlines.Proposal.trace": [{"left": text, "right": text}],
        "privacy.MatterReview.record": _signed_record(text),
        "privacy.GroupReview.record": _signed_record(text),
    }
    return shapes.get(label)


def _signed_record(text: str) -> dict[str, Any]:
    item = {**dict.fromkeys(("user", "by", "group", "at")), "answer": text, "unused": False}
    return {**dict.fromkeys(("matter", "review", "cause", "opened_at", "closed_at"), text), "items": [item]}


def text_columns(model: type[models.Model]) -> list[Any]:
    """Columns that can hold words of a person, and so a canary."""
    return [
        column
        for column in model._meta.local_fields
        if isinstance(
            column, models.CharField | models.TextField | models.JSONField | SealedTextField | SealedJSONField
        )
        and not column.choices
        and not isinstance(column, models.GeneratedField)
        and (column.max_length or SHORTEST) >= SHORTEST
        and column.name != "stored_name"
        and column.name not in GIVEN.get(model._meta.label, {})
        and f"{model._meta.label}.{column.name}" not in READ_BY_THE_PROGRAM
    ]


def fields() -> list[str]:
    """Every text column as its canary names it."""
    return [f"{model._meta.model_name}.{column.name}" for model in guarded() for column in text_columns(model)]


def unfilled(filling: Filling) -> list[str]:
    """Text columns of guarded models without the filling's mark: a check that looks for marks is blind there."""
    with access.as_system("test"):
        fresh = {label: type(row)._default_manager.get(pk=row.pk) for label, row in filling.rows.items()}
        return sorted(
            f"{label}.{column.name}"
            for label, row in fresh.items()
            for column in text_columns(type(row))
            if f"{CANARY}-{filling.mark}" not in str(getattr(row, column.name))
        )
