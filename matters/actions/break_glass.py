"""Breaking the glass: one lawyer asks for a matter by number, another confirms, a job lets it take effect.

What asker and confirmer are told is the same whether or not there is such a matter and whether or not a wall
stands: only the job looks, and what it finds shows to whoever may see the matter.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from lawcrm import access, audit, jobs
from lawcrm.accounts.models import User
from lawcrm.accounts.queries import owe_the_same
from lawcrm.db import sight
from matters.actions import break_glass_notice, team
from matters.actions.refused import Refused
from matters.models import BreakGlass, BreakGlassRequest, Matter
from matters.queries.break_glass import is_entitled, open_requests_of

Answer, Ending = BreakGlassRequest.Answer, BreakGlass.Ending
OPEN_FOR = timedelta(hours=2)
MOST_OPEN = 3
MOST_A_DAY = 10


class NotEntitled(Refused):
    def __init__(self) -> None:
        super().__init__(_("Breaking the glass is for lawyers, and never for an account that keeps other accounts."))


class UnfitSecond(Refused):
    def __init__(self) -> None:
        super().__init__(_("This person cannot confirm it. Choose another lawyer."))


class SameHand(Refused):
    """Says to both how it is mended: a partner knows the person."""

    def __init__(self) -> None:
        super().__init__(
            _("Both accounts were set up by the same administrator. A partner vouches for one, or another confirms.")
        )


class SeesAlready(Refused):
    def __init__(self) -> None:
        super().__init__(_("You see this matter already: look for its number in the list of matters."))


class TooManyRequests(Refused):
    def __init__(self) -> None:
        super().__init__(_("You have asked for many. Wait for an answer, take one back, or talk to a partner."))


class OwnRequest(Refused):
    def __init__(self) -> None:
        super().__init__(_("You asked for this yourself. The person you named has to answer."))


class NotYours(Refused):
    def __init__(self) -> None:
        super().__init__(_("Somebody else was asked."))


class AlreadyAnswered(Refused):
    def __init__(self) -> None:
        super().__init__(_("This request has been answered already."))


class TooLate(Refused):
    def __init__(self) -> None:
        super().__init__(_("This request has lapsed. It has to be made anew."))


class AskerLeft(Refused):
    def __init__(self) -> None:
        super().__init__(_("The person who asked may not break the glass any more."))


class AlreadyEnded(Refused):
    def __init__(self) -> None:
        super().__init__(_("This break-glass has ended already."))


@audit.attempt("break_glass.asked")
def ask(  # noqa: PLR0913 - what a person says
    *, actor: User, number: str, reason: str, hours: int, confirmer: User, now: datetime
) -> BreakGlassRequest:
    """Raises SeesAlready only for a matter the asker may know of."""
    team.require_reason(reason)
    if not is_entitled(actor):
        raise NotEntitled
    if confirmer == actor or not is_entitled(confirmer):
        raise UnfitSecond
    if owe_the_same(actor, confirmer):
        raise SameHand
    if Matter.objects.filter(number=number).exists():
        raise SeesAlready
    _throttle(actor, now)
    asked = BreakGlassRequest.objects.create(
        asker=actor,
        confirmer=confirmer,
        number=number,
        reason=reason,
        hours=hours,
        asked_at=now,
        closes_at=now + OPEN_FOR,
    )
    audit.record("break_glass.asked", asked, hours=hours, user_id=confirmer.pk)
    break_glass_notice.tell_confirmer(asked)
    return asked


def _throttle(actor: User, now: datetime) -> None:
    """Else numbers could be tried out with a colleague who confirms everything."""
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    own = BreakGlassRequest.objects.filter(asker=actor)
    waiting = own.filter(answer=Answer.NONE, closes_at__gt=now).count()
    if waiting >= MOST_OPEN or own.filter(asked_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooManyRequests


@audit.attempt("break_glass.confirmed", on="asked")
def confirm(*, actor: User, asked: BreakGlassRequest, now: datetime) -> None:
    asked = _to_answer(actor, asked, now)
    if not is_entitled(asked.asker):
        raise AskerLeft
    if owe_the_same(asked.asker, actor):
        raise SameHand
    _answer(asked, Answer.CONFIRMED, now)
    jobs.after_commit("matters.settle_break_glass")


@audit.attempt("break_glass.refused", on="asked")
def refuse(*, actor: User, asked: BreakGlassRequest, now: datetime) -> None:
    _answer(_to_answer(actor, asked, now), Answer.REFUSED, now)


@audit.attempt("break_glass.taken_back", on="asked")
def take_back(*, actor: User, asked: BreakGlassRequest, now: datetime) -> None:
    asked = _locked(asked)
    if asked.asker_id != actor.pk:
        raise NotYours
    _require_open(asked, now)
    _answer(asked, Answer.TAKEN_BACK, now)


def _to_answer(actor: User, asked: BreakGlassRequest, now: datetime) -> BreakGlassRequest:
    """The second person is the one who was named, is entitled at this moment, and is not the first."""
    asked = _locked(asked)
    if asked.asker_id == actor.pk:
        raise OwnRequest
    if asked.confirmer_id != actor.pk:
        raise NotYours
    if not is_entitled(actor):
        raise NotEntitled
    _require_open(asked, now)
    return asked


def _locked(asked: BreakGlassRequest) -> BreakGlassRequest:
    return BreakGlassRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)


def _require_open(asked: BreakGlassRequest, now: datetime) -> None:
    if asked.answer != Answer.NONE:
        raise AlreadyAnswered
    if asked.closes_at <= now:
        raise TooLate


def _answer(asked: BreakGlassRequest, answer: BreakGlassRequest.Answer, now: datetime) -> None:
    asked.answer, asked.answered_at = answer, now
    asked.save()
    audit.record(f"break_glass.{answer.value}", asked)


def settle_confirmed(*, now: datetime) -> int:
    """Look for the matter of each confirmed request, each in its own transaction; answers how many."""
    with access.as_system("break-glass"):
        waiting = BreakGlassRequest.objects.filter(answer=Answer.CONFIRMED, settled_at=None)
        return sum(_settle(pk, now) for pk in list(waiting.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _settle(pk: int, now: datetime) -> bool:
    unsettled = BreakGlassRequest.objects.filter(pk=pk, settled_at=None).select_related("asker", "confirmer")
    asked = unsettled.select_for_update(of=("self",), skip_locked=True).first()
    if asked is None:
        return False
    asked.settled_at = now
    asked.save()
    if why := _take_effect(asked, now):
        audit.record("break_glass.without_effect", asked, why=why)
    return True


def _take_effect(asked: BreakGlassRequest, now: datetime) -> str:
    """Time runs from the confirmation. Answers "" or, as a code for the officers, why there is no effect."""
    matter = Matter.objects.filter(number=asked.number).first()
    if matter is None:
        return "no_matter"
    sight.lock([matter.pk])
    matter.refresh_from_db()
    people = (asked.asker, asked.confirmer)
    ends_at = (asked.answered_at or now) + timedelta(hours=asked.hours)
    if ends_at <= now:
        return "too_late"
    if not all(is_entitled(person) for person in people) or owe_the_same(*people):
        return "not_entitled"
    if any(_is_walled(person, matter) for person in people):
        return "walled"
    _begin(asked, matter, now, ends_at)
    return ""


def _is_walled(person: User, matter: Matter) -> bool:
    return not set(matter.deny).isdisjoint(access.viewer_of(person).principals)


def _begin(asked: BreakGlassRequest, matter: Matter, now: datetime, ends_at: datetime) -> None:
    glass = BreakGlass.objects.create(
        request=asked,
        matter=matter,
        holder=asked.asker,
        confirmer=asked.confirmer,
        began_at=now,
        ends_at=ends_at,
    )
    audit.record(
        "matter.break_glass_began",
        matter,
        reason=asked.reason,
        user_id=asked.asker_id,
        confirmed_by=asked.confirmer_id,
        until=ends_at,
        break_glass_id=glass.pk,
    )
    break_glass_notice.tell_of(glass, matter)


@audit.attempt("matter.break_glass_ended", on="glass")
def end(*, actor: User, glass: BreakGlass, ending: BreakGlass.Ending, now: datetime) -> None:  # noqa: ARG001
    """`ending` says as what the person may end it: see queries.break_glass.may_end."""
    glass = BreakGlass.objects.select_for_update(of=("self",)).get(pk=glass.pk)
    if glass.ended_at is not None or glass.ends_at <= now:
        raise AlreadyEnded
    _end(glass, ending, now)


def end_over(*, now: datetime) -> int:
    """Write down what is over already: lapsed, behind a wall raised since, or of a person without the right."""
    with access.as_system("end of break-glass"):
        running = list(BreakGlass.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True))
        return sum(_end_if_over(pk, now) for pk in running)


def end_walled(*, now: datetime) -> None:
    """Before a wall goes: what it stands in the way of is over for good, although no job has seen it yet."""
    with access.as_system("end of break-glass"):
        running = BreakGlass.objects.filter(ended_at=None).select_related("holder", "matter").order_by("pk")
        for glass in [row for row in running if _is_walled(row.holder, row.matter)]:
            _end_if_over(glass.pk, now)


@transaction.atomic
def _end_if_over(pk: int, now: datetime) -> bool:
    rows = BreakGlass.objects.filter(pk=pk, ended_at=None).select_related("holder")
    glass = rows.select_for_update(of=("self",), skip_locked=True).first()
    if glass is None:
        return False
    if glass.ends_at <= now:
        _end(glass, Ending.LAPSED, glass.ends_at)
    elif not is_entitled(glass.holder):
        _end(glass, Ending.LEFT, now)
    elif _is_walled(glass.holder, Matter.objects.get(pk=glass.matter_id)):
        _end(glass, Ending.WALLED, now)
    return glass.ended_at is not None


def end_all_of(user: User, *, now: datetime) -> None:
    """When a person leaves: what runs ends, what was asked is taken back. In system scope."""
    for glass in BreakGlass.objects.select_for_update(of=("self",)).filter(holder=user, ended_at=None):
        _end(glass, Ending.LEFT, now)
    for asked in open_requests_of(user).select_for_update(of=("self",)):
        _answer(asked, Answer.TAKEN_BACK, now)


def _end(glass: BreakGlass, ending: BreakGlass.Ending, at: datetime) -> None:
    with access.as_system("end of break-glass"):
        sight.lock([glass.matter_id])
        glass.ended_at, glass.ending = at, ending
        glass.save()
        matter = Matter.objects.get(pk=glass.matter_id)
        audit.record("matter.break_glass_ended", matter, user_id=glass.holder_id, ending=ending.value)
