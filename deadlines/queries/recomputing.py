"""What a computed deadline would be due on now, and the proposals that wait for a person."""

from dataclasses import dataclass
from datetime import date, time

from django.db import DatabaseError
from django.db.models import QuerySet
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from deadlines.engine import CannotCompute
from deadlines.engine.trace import Moment
from deadlines.models import Deadline, Proposal
from deadlines.queries import basis, book, computing, team
from lawcrm.jobs import log_without_message
from lawcrm.prepared import Prepared

State = Proposal.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """`due_on` is None where nothing can be computed any more, for the reason in `words`."""

    due_on: date | None
    latest_on: date | None = None
    calendar: str | None = None
    words: str = ""
    found: computing.Computed | None = None

    @property
    def trace(self) -> list[dict[str, str]]:
        return self.found.trace if self.found else []

    @property
    def due_time(self) -> time | None:
        return self.found.due_time if self.found else None


def computed_ones() -> QuerySet[Deadline]:
    """Open deadlines whose date follows from a rule, in order of entry."""
    rows = Deadline.objects.filter(state=Deadline.State.OPEN, trigger_on__isnull=False).exclude(rule_code="")
    return rows.select_related("matter").defer("note", "matter__summary").order_by("pk")


def facts_after(pk: int, most: int) -> list[basis.Facts]:
    """Of so many of them at most, entered after that one."""
    rows = computed_ones().filter(pk__gt=pk).select_related(None).values_list(*basis.COLUMNS)
    return [basis.Facts(*row) for row in rows[:most]]


def outcome_of(deadline: Deadline, ground: computing.Ground) -> Outcome:
    """By the rule, the court and the calendar of this moment; a pre-deadline follows its deadline."""
    try:
        found = computing.computed(
            deadline.matter, deadline.rule_code, counted_from(deadline), deadline.second_on, ground
        )
    except CannotCompute as why:
        return Outcome(None, words=str(why))
    except DatabaseError:
        raise
    except Exception as fault:  # noqa: BLE001 - of one deadline; all others are computed all the same
        log_without_message("computing a date anew", fault)
        return Outcome(None, words=_("The program failed over this date, which stands. Count it by hand."))
    if deadline.kind != Deadline.Kind.PRE_DEADLINE:
        return Outcome(found.due_on, found.latest_on, found.calendar, found=found)
    if found.pre_deadline is None:
        return Outcome(None, calendar=found.calendar, words=_("The rule has no pre-deadline any more."))
    return Outcome(found.pre_deadline, None, found.calendar, found=found)


def counted_from(deadline: Deadline) -> Moment:
    """As it was noted, by the clocks the deadline goes by."""
    assert deadline.trigger_on is not None  # noqa: S101 - for the types
    return computing.trigger(deadline.trigger_on, deadline.trigger_time, deadline.time_zone)


def differs(deadline: Deadline, outcome: Outcome) -> bool:
    """From what the rule gave when somebody last looked, which need not be the date that was entered."""
    before = (deadline.computed_on or deadline.due_on, deadline.computed_time)
    return (outcome.due_on, outcome.due_time) != before


def open_proposal(deadline: Deadline) -> Proposal | None:
    return Proposal.objects.filter(deadline=deadline, state=State.OPEN).select_related("caused_by").first()


def asked_about(deadlines: list[Deadline]) -> set[int]:
    """Of these, those with an open proposal."""
    rows = Proposal.objects.filter(deadline__in=[row.pk for row in deadlines], state=State.OPEN)
    return set(rows.values_list("deadline_id", flat=True))


def waiting() -> QuerySet[Deadline]:
    """Open deadlines that would get another date, the most urgent first."""
    asked = Proposal.objects.filter(state=State.OPEN)
    rows = book.deadlines().filter(pk__in=asked.values("deadline_id"), state=Deadline.State.OPEN)
    return rows.order_by(Least("due_on", "proposed_on"), "pk")


def waiting_for(user_id: int, most: int) -> list[Deadline]:
    """The first of those that are this person's."""
    return _WAITING_FOR.ask(most, user=user_id, groups=team.practice_groups_of(user_id))


def _waiting_for(most: int, *, user: int, groups: tuple[int, ...]) -> QuerySet[Deadline]:
    return waiting().filter(book.is_among_mine(user, groups))[:most]


_WAITING_FOR = Prepared(_waiting_for)


def with_proposals(deadlines: list[Deadline]) -> list[tuple[Deadline, Proposal]]:
    asked = Proposal.objects.filter(deadline__in=[row.pk for row in deadlines], state=State.OPEN).defer("trace")
    by_deadline = {row.deadline_id: row for row in asked}
    return [(row, by_deadline[row.pk]) for row in deadlines if row.pk in by_deadline]
