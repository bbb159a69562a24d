"""What an uploaded file of contacts holds, read again each time, because only the sealed file keeps it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import batched

from django.db.models import QuerySet, Value

from clients import import_checks
from clients.countries import fold
from clients.imports import decoding, rows
from clients.imports.rows import Draft, Problem
from clients.models import Contact, ContactImport, ContactName, ContactPoint
from clients.models.contact import NameSkeleton
from lawcrm.crypto import files

LABEL = "clients.contactimport.file"
BATCH = 500


@dataclass(frozen=True)
class Report:
    """`drafts` can be imported, `problems` say what cannot; `known` are the lines of likely duplicates."""

    drafts: list[Draft]
    problems: list[Problem]
    known: frozenset[int]
    ignored: tuple[str, ...]

    @property
    def bad_rows(self) -> int:
        return len({problem.line for problem in self.problems})

    @property
    def unknown(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.line not in self.known]


def content_of(batch: ContactImport) -> bytes:
    """Raises files.FileErased when the batch is over."""
    with files.open_file(batch.stored_name, batch.public_id, LABEL) as stream:
        return stream.read()


def report(content: bytes, *, encoding: str, today: dt.date) -> Report:
    """Raises decoding.UnreadableFile."""
    text, _encoding = decoding.text_of(content, encoding)
    table = rows.read(text, today=today)
    objections = import_checks.objections(table.drafts)
    refused = {problem.line for problem in objections}
    drafts = [draft for draft in table.drafts if draft.line not in refused]
    problems = sorted([*table.problems, *objections], key=lambda problem: problem.line)
    return Report(drafts, problems, known_lines(drafts), table.ignored)


def known_lines(drafts: Iterable[Draft]) -> frozenset[int]:
    """Rows that bear the name of, or are reached like, a contact the viewer sees."""
    known: set[int] = set()
    for batch in batched(drafts, BATCH, strict=False):
        normals = {value for draft in batch for value in draft.normals}
        reached = set(ContactPoint.objects.filter(normalised__in=normals).values_list("normalised", flat=True))
        skeletons = [NameSkeleton(Value(draft.name)) for draft in batch]
        named: set[str] = set()
        for model in (Contact, ContactName):
            same = model.objects.filter(name_skeleton__in=skeletons).values_list("name", flat=True)
            named |= {fold(name) for name in same}
        known |= {draft.line for draft in batch if fold(draft.name) in named or reached & set(draft.normals)}
    return frozenset(known)


def latest() -> QuerySet[ContactImport]:
    return ContactImport.objects.order_by("-started_at", "-pk")


def same_before(batch: ContactImport) -> ContactImport | None:
    """An import of the very same file that has been carried out."""
    done = ContactImport.objects.filter(sha256=batch.sha256, state=ContactImport.State.DONE)
    return done.exclude(pk=batch.pk).order_by("-ended_at").first()
