"""Asking whether a new case conflicts with anything the firm knows, and deciding it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lawcrm import access, audit, jobs
from lawcrm.accounts.models import User
from matters.models import ConflictCheck, ConflictHit
from matters.queries import conflicts as queries

MOST_PER_HOUR = 60


class TooManyChecks(audit.Refused):
    """Somebody asks so often that they could be trying out names."""

    def __init__(self) -> None:
        super().__init__(
            _("You have asked for many checks within an hour. Wait a little, or ask the conflicts officer.")
        )


class AlreadyDecided(audit.Refused):
    """The check was decided meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("This check has been decided already."))


class NotSearchedYet(audit.Refused):
    """There is nothing to decide on before the search has run."""

    def __init__(self) -> None:
        super().__init__(_("The search for this check is still running. Try again in a minute."))


class OwnCheck(audit.Refused):
    """Nobody decides about their own question."""

    def __init__(self) -> None:
        super().__init__(_("You asked for this check yourself. Somebody else has to decide it."))


@audit.attempt("conflict.asked")
def ask(*, actor: User, terms: list[str], note: str, now: datetime) -> ConflictCheck:
    """Send names for review. A job searches for them, so that this request is the same whatever there is to find."""
    if queries.checks().filter(asked_by=actor, asked_at__gt=now - timedelta(hours=1)).count() >= MOST_PER_HOUR:
        raise TooManyChecks
    check = ConflictCheck(terms=terms, note=note, asked_by=actor, asked_at=now, matcher_version=queries.MATCHER_VERSION)
    check.save()
    audit.record("conflict.asked", check, terms=len(terms))
    jobs.after_commit("matters.search_conflicts")
    return check


def search_waiting(*, now: datetime) -> int:
    """Search for every check not searched yet, each in its own transaction; answers how many."""
    with access.as_system("conflict check"):
        waiting = list(queries.checks().filter(searched_at__isnull=True).values_list("pk", flat=True))
        return sum(_search(pk, now) for pk in reversed(waiting))


@transaction.atomic
def _search(check_id: int, now: datetime) -> bool:
    unsearched = ConflictCheck.objects.filter(pk=check_id, searched_at__isnull=True)
    check = unsearched.select_for_update(of=("self",), skip_locked=True).first()
    if check is None:
        return False
    for index, term in enumerate(check.terms):
        _keep_hits(check, index, queries.matches(term))
    check.searched_at = now
    check.save()
    return True


def _keep_hits(check: ConflictCheck, index: int, matches: list[queries.Match]) -> None:
    roles = queries.roles_of([match.contact_id for match in matches])
    ConflictHit.objects.bulk_create(
        ConflictHit(
            conflict_check=check,
            sealed_for=check.sealed_for,
            term_index=index,
            contact_ref=match.contact_id,
            found={"name": match.name, "via": match.via, "roles": roles.get(match.contact_id, [])},
            matcher=match.matcher,
            score=match.score,
        )
        for match in matches
    )


@audit.attempt("conflict.decided", on="check")
def decide(*, actor: User, check: ConflictCheck, state: str, reason: str, now: datetime) -> None:
    """Clear the check or declare a conflict; the reason stays with the conflicts officer."""
    check = ConflictCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    if check.state != ConflictCheck.State.IN_REVIEW:
        raise AlreadyDecided
    if check.asked_by_id == actor.pk:
        raise OwnCheck
    if check.searched_at is None:
        raise NotSearchedYet
    check.state, check.decision_reason = state, reason
    check.decided_by, check.decided_at = actor, now
    check.save()
    audit.record("conflict.decided", check, state=state)
