"""A change under a computed date: proposed to a person, accepted or declined by them, never made by the program."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from time import monotonic

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Contact, Court
from deadlines.actions.moving import remind_anew, set_date
from deadlines.actions.refused import ChangedMeanwhile, locked, require_reason
from deadlines.engine.trace import Moment
from deadlines.models import Basis, Deadline, Proposal, Recalculation, Source
from deadlines.queries import basis, computing, recomputing, rulebook
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.audit import Event
from matters.actions.refused import Refused
from matters.models import Matter

BATCH = 500
SECONDS = 40  # of the minute until the next slot, and well below CELERY_TASK_SOFT_TIME_LIMIT
LONGEST = 400
State = Proposal.State


class NothingProposed(Refused):
    def __init__(self) -> None:
        super().__init__(_("No new date waits here any more. Somebody may have settled it meanwhile."))


class NoDateToAccept(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("The rule gives no date any more. Move the deadline, or decline and say why the date stands.")
        )


@dataclass(frozen=True, slots=True)
class Cause:
    source: Source
    why: str
    by: int | None = None


def ask(*, source: Source, code: str, why: str, actor: User | None, now: datetime) -> None:
    """In the transaction of the change itself; the job computes the book again within a minute."""
    Recalculation.objects.create(source=source, code=code, why=why[:300], asked_by=actor, asked_at=now)


def check_all(*, now: datetime) -> int:
    """Every night: the seat of a court, a shipped rule and a library's update tell nobody of themselves."""
    if not Recalculation.objects.filter(source=Source.CHECK, done_at=None, reached=None).exists():
        ask(source=Source.CHECK, code="", why="", actor=None, now=now)
    return carry_out(now=now)


def carry_out(*, now: datetime, seconds: float = SECONDS) -> int:
    """Look at every open deadline for what was asked since, as the system; how many proposals that made.

    A batch at a time for at most so many seconds; the next slot of the job goes on where this one stopped, or where
    it was killed: a batch is committed together with how far it came.
    """
    if not Recalculation.objects.filter(done_at=None).exists():
        return 0
    began, made, bases = monotonic(), 0, basis.Bases(computing.Ground(today=timezone.localdate(now)))
    while (found := _go_on(bases, now)) is not None:
        made += found
        if monotonic() - began >= seconds:
            break
    return made


@transaction.atomic
def _go_on(bases: basis.Bases, now: datetime) -> int | None:
    """One batch; None once nothing is asked. What is asked on the way has its own turn through the book after it."""
    asked = list(Recalculation.objects.filter(done_at=None).order_by("pk").select_for_update())
    if not asked:
        return None
    turn = [row for row in asked if row.reached is not None] or asked
    rows = Recalculation.objects.filter(pk__in=[row.pk for row in turn])
    batch = recomputing.facts_after(turn[0].reached or 0, BATCH)
    if not batch:
        rows.update(done_at=now, reached=turn[0].reached or 0, found=Coalesce("found", 0))
        return 0
    made = _compute(batch, asked, bases, now)
    count = {"looked_at": F("looked_at") + len(batch), "found": Coalesce("found", 0) + made}
    rows.update(reached=batch[-1].pk, **count)
    return made


def _compute(batch: list[basis.Facts], asked: list[Recalculation], bases: basis.Bases, now: datetime) -> int:
    """Of these, what rests on something else than when it was last looked at."""
    known, wanted = basis.known_of(batch[0].pk, batch[-1].pk), {facts.pk: bases.of(facts) for facts in batch}
    others = [pk for pk, sha256 in wanted.items() if known.get(pk) != sha256]
    deadlines = list(recomputing.computed_ones().filter(pk__in=others)) if others else []
    made, standing = 0, recomputing.asked_about(deadlines)
    for deadline in deadlines:
        outcome = recomputing.outcome_of(deadline, bases.ground)
        if deadline.pk not in standing and not recomputing.differs(deadline, outcome):
            continue  # by far the most
        made += _propose(deadline, outcome, _cause(asked, deadline, outcome), now) is not None
    _keep([Basis(deadline=row, matter_id=row.matter_id, sha256=wanted[row.pk]) for row in deadlines])
    return made


def _keep(bases: list[Basis]) -> None:
    Basis.objects.bulk_create(bases, update_conflicts=True, unique_fields=["deadline"], update_fields=["sha256"])


def _cause(asked: list[Recalculation], deadline: Deadline, outcome: recomputing.Outcome) -> Cause:
    """Of several changes the one that fits: the court, the calendar that was counted on, or the deadline's rule."""
    fitting = {(Source.HOLIDAY, outcome.calendar), (Source.RULE, deadline.rule_code)}
    fitting.add((Source.COURT, str(deadline.matter.court_id)))
    row = next((row for row in asked if (row.source, row.code) in fitting), None)
    if row is None:
        return Cause(Source.CHECK, _("The rule, the calendar or the seat of the court changed."))
    return Cause(Source(row.source), row.why, row.asked_by_id)


def _propose(deadline: Deadline, outcome: recomputing.Outcome, cause: Cause, now: datetime) -> Proposal | None:
    """Nothing where the date is what it was, or where the same was proposed already and settled."""
    if not recomputing.differs(deadline, outcome) and recomputing.open_proposal(deadline) is None:
        return None
    fresh = Deadline.objects.select_for_update(of=("self",), no_key=True).filter(pk=deadline.pk).first()
    if fresh is None or fresh.state != Deadline.State.OPEN or _ground(fresh) != _ground(deadline):
        return None  # what it is computed from changed meanwhile, and whoever changed it computed it
    standing = recomputing.open_proposal(fresh)
    if not recomputing.differs(fresh, outcome):
        if standing is not None:
            _lapse(fresh, standing, now)
            _note(fresh, None, None, now)
        return None
    why = outcome.words[:LONGEST] if outcome.due_on is None else cause.why
    if _is_known(fresh, standing, outcome, why):
        return None
    if standing is not None:
        _lapse(fresh, standing, now)
    return _ask_people(fresh, outcome, Cause(cause.source, why, cause.by), now)


def _ground(deadline: Deadline) -> tuple[str, date | None, time | None, date | None]:
    return deadline.rule_code, deadline.trigger_on, deadline.trigger_time, deadline.second_on


def _is_known(deadline: Deadline, standing: Proposal | None, outcome: recomputing.Outcome, why: str) -> bool:
    """Asked already; or declined before, where there was no date that the deadline could have noted."""
    new_on = outcome.due_on
    if standing is not None:
        same = (standing.new_on, standing.new_time) == (new_on, outcome.due_time)
        return same and (new_on is not None or standing.why == why)
    last = Proposal.objects.filter(deadline=deadline).order_by("-pk").first()
    return new_on is None and last is not None and (last.new_on, last.why) == (None, why)


def _ask_people(deadline: Deadline, outcome: recomputing.Outcome, cause: Cause, now: datetime) -> Proposal:
    proposal = Proposal(
        deadline=deadline,
        matter_id=deadline.matter_id,
        source=cause.source,
        old_on=deadline.due_on,
        new_on=outcome.due_on,
        new_time=outcome.due_time,
        latest_on=outcome.latest_on,
        trace=outcome.trace,
        why=cause.why,
        caused_by_id=cause.by,
        made_at=now,
    )
    proposal.save()
    _note(deadline, outcome.due_on, outcome.due_time, now)
    facts = {"before": proposal.old_on, "proposed": proposal.new_on, "source": proposal.source}
    audit.record("deadline.date_proposed", deadline, reason=proposal.why, **facts)
    return proposal


def _note(deadline: Deadline, proposed_on: date | None, proposed_time: time | None, now: datetime) -> None:
    """Reminders are made anew only where the day or the hour they count from is another one."""
    before = deadline.reminds_by, deadline.reminds_by_time
    deadline.proposed_on, deadline.proposed_time = proposed_on, proposed_time
    deadline.save()
    if (deadline.reminds_by, deadline.reminds_by_time) != before:
        remind_anew(deadline, now)


def _lapse(deadline: Deadline, proposal: Proposal, now: datetime) -> None:
    proposal.state, proposal.settled_at = State.LAPSED, now
    proposal.save()
    audit.record("deadline.proposal_lapsed", deadline, proposed=proposal.new_on)


@audit.attempt("deadline.proposal_accepted", on="deadline")
def accept(  # noqa: PLR0913 - what the person saw
    *,
    actor: User,
    deadline: Deadline,
    seen: Moment,
    proposed: date,
    proposed_time: time | None = None,
    now: datetime,
) -> Deadline:
    """The proposed date becomes an entry of whoever accepts it, and somebody else confirms it anew."""
    deadline, proposal = _asked(deadline, seen)
    if proposal.new_on is None:
        raise NoDateToAccept
    if (proposal.new_on, proposal.new_time) != (proposed, proposed_time):
        raise ChangedMeanwhile
    before, new_on = deadline.due_on, proposal.new_on
    _settle(proposal, State.ACCEPTED, actor, "", now)
    deadline.latest_on, deadline.computed_on = proposal.latest_on, new_on
    deadline.proposed_on = deadline.proposed_time = None
    due_time = deadline.due_time if _in_days(deadline, proposal) else proposal.new_time
    deadline.computed_time = proposal.new_time
    deadline.from_draft = rulebook.is_draft(deadline.rule_code, deadline.trigger_on or new_on)
    set_date(actor=actor, deadline=deadline, due_on=new_on, due_time=due_time, now=now, trace=proposal.trace)
    audit.record("deadline.proposal_accepted", deadline, reason=proposal.why, before=before, due_on=new_on)
    return deadline


@audit.attempt("deadline.proposal_declined", on="deadline")
def decline(*, actor: User, deadline: Deadline, seen: Moment, reason: str, now: datetime) -> Deadline:
    """The date stands. Against an earlier one that is an entry of its own, which somebody else confirms anew."""
    reason = require_reason(reason)
    deadline, proposal = _asked(deadline, seen)
    _settle(proposal, State.DECLINED, actor, reason, now)
    is_bold = proposal.new_on is None or _moment(proposal.new_on, proposal.new_time) < _moment(
        deadline.due_on, deadline.due_time
    )
    if proposal.new_on is not None:
        deadline.computed_on, deadline.computed_time = proposal.new_on, proposal.new_time
    deadline.proposed_on = deadline.proposed_time = None
    if is_bold:
        set_date(actor=actor, deadline=deadline, due_on=deadline.due_on, due_time=deadline.due_time, now=now)
    else:
        deadline.save()
    facts = {"due_on": deadline.due_on, "proposed": proposal.new_on}
    audit.record("deadline.proposal_declined", deadline, reason=reason, **facts)
    return deadline


def _in_days(deadline: Deadline, proposal: Proposal) -> bool:
    """Then the time of the deadline was not the rule's, and stays."""
    return deadline.computed_time is None and proposal.new_time is None


def _moment(day: date, hour: time | None) -> datetime:
    """For comparing: without an hour it is the end of the day."""
    return datetime.combine(day, hour or time.max)


def _asked(deadline: Deadline, seen: date) -> tuple[Deadline, Proposal]:
    deadline = locked(deadline, seen)
    proposal = recomputing.open_proposal(deadline)
    if proposal is None:
        raise NothingProposed
    return deadline, proposal


def _settle(proposal: Proposal, state: State, actor: User, answer: str, now: datetime) -> None:
    proposal.state, proposal.answer = state, answer
    proposal.settled_by, proposal.settled_at = actor, now
    proposal.save()


def propose_now(*, deadlines: Iterable[Deadline], cause: Cause, now: datetime) -> int:
    """At once and in the caller's transaction, where few deadlines are concerned."""
    ground = computing.Ground(today=timezone.localdate(now))
    made = [_propose(row, recomputing.outcome_of(row, ground), cause, now) for row in deadlines]
    return sum(proposal is not None for proposal in made)


def after_matter_changed(event: Event) -> None:
    """Another court or another law may count other days."""
    if not isinstance(event.object, Matter):
        return
    cause = Cause(Source.COURT, _("The matter's court or its details changed."), event.actor_id)
    with access.as_system("dates of a matter that was changed"):
        rows = recomputing.computed_ones().filter(matter=event.object.pk)
        propose_now(deadlines=list(rows), cause=cause, now=timezone.now())


def after_seat_corrected(event: Event) -> None:
    """Other days of rest count at another place, in every matter of the court."""
    if not isinstance(event.object, Contact) or event.facts["before"] == event.facts["after"]:
        return
    with access.as_system("whose dates hang on a court"):
        court = Court.objects.get(contact=event.object)
    words = _("%(court)s sits in %(place)s. %(why)s")
    why = words % {"court": event.object.name, "place": str(event.facts["after"]).upper(), "why": event.reason}
    actor = User.objects.filter(pk=event.actor_id or 0).first()
    ask(source=Source.COURT, code=str(court.pk), why=why, actor=actor, now=timezone.now())
