"""Finding names in everything the firm knows, whoever may see it: only ever asked as the system."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, FloatField, Func, Q, QuerySet, Value, When

from clients.models import Contact, ContactName
from clients.models.contact import NameSkeleton
from lawcrm import access
from matters.models import ConflictCheck, ConflictHit, Party

# Stored with each check: a later matcher may find what this one did not.
MATCHER_VERSION = "skeleton-trgm-1"
SIMILAR = 0.45  # measured on Danish, Swedish, German, Turkish and English names: 88-100 % recall
MOST_HITS = 500


class Similarity(Func):
    """Share of common trigrams, 0 to 1 (pg_trgm)."""

    function = "similarity"
    output_field = FloatField()


class NotTheSystem(RuntimeError):
    """A conflict search would have answered by the asker's sight and missed what is hidden from them."""


@dataclass(frozen=True)
class Match:
    """A contact found under one of its names."""

    contact_id: int
    name: str
    via: str
    matcher: str
    score: float


def reason_of(check: ConflictCheck) -> str:
    """Why it was decided so, for those who may know; for others as if nothing had been said."""
    if "conflict_reasons" not in access.required().flags or check.decision_reason is None:
        return ""
    return str(check.decision_reason)


def matches(term: str) -> list[Match]:
    """The best match per contact: same skeleton, contained in it, or similar by trigrams."""
    if not access.required().system:
        raise NotTheSystem
    best: dict[int, Match] = {}
    for match in (*_in_contacts(term), *_in_names(term)):
        if match.contact_id not in best or best[match.contact_id].score < match.score:
            best[match.contact_id] = match
    return sorted(best.values(), key=lambda match: (-match.score, match.contact_id))[:MOST_HITS]


def _in_contacts(term: str) -> Iterator[Match]:
    for contact in _found(Contact.objects.all(), term):
        yield Match(contact.pk, contact.name, "name", _matcher(contact.score), contact.score)


def _in_names(term: str) -> Iterator[Match]:
    for name in _found(ContactName.objects.all(), term):
        yield Match(name.contact_id, name.name, name.kind, _matcher(name.score), name.score)


def _found(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    skeleton = NameSkeleton(Value(term))
    score = Case(
        When(name_skeleton=skeleton, then=Value(2.0)),
        When(name_skeleton__contains=skeleton, then=Value(1.5)),
        default=Similarity("name_skeleton", skeleton),
        output_field=FloatField(),
    )
    near = Q(name_skeleton__contains=skeleton) | Q(name_skeleton__trigram_similar=skeleton)
    found: QuerySet[Any] = rows.filter(near).annotate(score=score).filter(score__gte=SIMILAR)
    return found.order_by("-score", "pk")[:MOST_HITS]


def _matcher(score: float) -> str:
    return {2.0: "same", 1.5: "contained"}.get(score, "similar")


def roles_of(contact_ids: list[int]) -> dict[int, list[dict[str, str]]]:
    """Matter number and role of every party the contacts are, matters as the check finds them."""
    roles: dict[int, list[dict[str, str]]] = defaultdict(list)
    parties = Party.objects.filter(contact_id__in=contact_ids).order_by("matter_id")
    for contact_id, number, role in parties.values_list("contact_id", "matter__number", "role"):
        roles[contact_id].append({"matter": number, "role": role})
    return roles


def checks() -> QuerySet[ConflictCheck]:
    """Own checks; for the conflicts officer all."""
    return ConflictCheck.objects.order_by("-asked_at", "-pk")


def in_review() -> QuerySet[ConflictCheck]:
    return checks().filter(state=ConflictCheck.State.IN_REVIEW)


def hits_of(check: ConflictCheck) -> QuerySet[ConflictHit]:
    return ConflictHit.objects.filter(conflict_check=check).order_by("term_index", "-score", "pk")
