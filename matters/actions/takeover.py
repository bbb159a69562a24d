"""Taking over what nobody manages since somebody left: a partner asks, a second person confirms.

Neither sees by it anything but the number; sight comes to the person named, once two have said so.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from clients.actions.leaving import give_left_behind
from lawcrm import access, audit
from lawcrm.accounts.actions import staff
from lawcrm.accounts.models import User
from lawcrm.accounts.queries import owe_the_same
from lawcrm.db import sight
from matters.actions import succession, takeover_notice
from matters.actions.refused import Refused
from matters.models import Matter, Takeover
from matters.queries import leading
from matters.queries import takeover as queries

Answer = Takeover.Answer


class NotPartner(Refused):
    def __init__(self) -> None:
        super().__init__(_("Asking for a takeover is for partners, never for an account that keeps other accounts."))


class AskedAlready(Refused):
    def __init__(self) -> None:
        super().__init__(_("The same was asked already and waits for a second person."))


class NotWaiting(Refused):
    def __init__(self) -> None:
        super().__init__(_("Nothing waits here any more: somebody manages it."))


class Walled(Refused):
    def __init__(self) -> None:
        super().__init__(_("A wall keeps this person out. Choose somebody else."))


class NobodyConfirms(Refused):
    def __init__(self) -> None:
        super().__init__(_("Nobody could be the second person. Name somebody else to take over."))


class UnfitSecond(Refused):
    def __init__(self) -> None:
        super().__init__(_("A second partner confirms: not who asked, not who gets it, never an administrator."))


class SameHand(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("The same administrator set up both accounts. A partner vouches for one, or somebody else confirms.")
        )


class AnsweredAlready(Refused):
    def __init__(self) -> None:
        super().__init__(_("This was answered already."))


class AskerLeft(Refused):
    def __init__(self) -> None:
        super().__init__(_("Who asked may not ask any more. Decline it; then another partner can ask."))


@audit.attempt("matter.takeover_asked", on="leaver")
def ask(  # noqa: PLR0913 - who asks what of whom for whom, why and when
    *, actor: User, leaver: User, matter: Matter | None, successor: User, reason: str, now: datetime
) -> Takeover:
    """`matter` None stands for the contacts only the leaver saw."""
    staff.require_reason(reason)
    if not queries.partners().filter(pk=actor.pk).exists():
        raise NotPartner
    with access.as_system("takeover"):
        staff.locked(leaver)
        if _is_behind_wall(actor, matter):
            raise NotWaiting
        _require_takeable(leaver, matter, successor)
        if Takeover.objects.filter(leaver=leaver, matter=matter, answer=Answer.NONE).exists():
            raise AskedAlready
        if not queries.seconds(actor, successor, matter).exists():
            raise NobodyConfirms
        asked = Takeover.objects.create(
            leaver=leaver, matter=matter, successor=successor, asked_by=actor, asked_at=now, reason=reason.strip()
        )
        audit.record("matter.takeover_asked", matter or leaver, reason=reason, from_id=leaver.pk, to_id=successor.pk)
        takeover_notice.tell_seconds(asked)
    return asked


def _require_takeable(leaver: User, matter: Matter | None, successor: User) -> None:
    succession.require_successor(leaver, successor)
    if successor.keeps_accounts or successor.is_external:
        raise succession.CannotSucceed
    if matter is None:
        if not any(left.contacts for left in queries.by_leaver() if left.leaver_id == leaver.pk):
            raise NotWaiting
        return
    sight.lock([matter.pk])
    present = queries.waiting().filter(pk=matter.pk, responsible=leaver).first()
    if present is None:
        raise NotWaiting
    if leading.is_kept_out(present, successor.pk):
        raise Walled


def _is_behind_wall(person: User, matter: Matter | None) -> bool:
    """Who is kept out learns nothing, not even that."""
    return matter is not None and leading.is_kept_out(Matter.objects.defer("summary").get(pk=matter.pk), person.pk)


@audit.attempt("matter.taken_over", on="takeover")
def confirm(*, actor: User, takeover: Takeover, reason: str, now: datetime) -> None:
    """Everything is asked once more: a wall may have been raised since, a role have changed."""
    staff.require_reason(reason)
    takeover = _open(takeover)
    matter = queries.matter_of(takeover)
    if owe_the_same(takeover.asked_by, actor):
        raise SameHand
    if not queries.seconds(takeover.asked_by, takeover.successor, matter).filter(pk=actor.pk).exists():
        raise UnfitSecond
    if not queries.partners().filter(pk=takeover.asked_by_id).exists():
        raise AskerLeft
    with access.as_system("takeover"):
        if _is_behind_wall(takeover.asked_by, matter):
            raise AskerLeft
        leaver = staff.locked(takeover.leaver)
        _require_takeable(leaver, matter, takeover.successor)
        count = _pass_on(takeover, matter, actor, now)
        _answer(takeover, Answer.CONFIRMED, actor, reason, now)
        audit.record(
            "matter.taken_over",
            matter or leaver,
            reason=reason,
            from_id=leaver.pk,
            to_id=takeover.successor_id,
            asked_by=takeover.asked_by_id,
            contacts=count,
        )


def _pass_on(takeover: Takeover, matter: Matter | None, actor: User, now: datetime) -> int:
    """Answers how many contacts passed on."""
    leaver, to = takeover.leaver, takeover.successor
    if matter is not None:
        succession.pass_on(user=leaver, to=to, matters=[matter], done_by=actor, reason=takeover.reason, now=now)
        return 0
    if not (count := give_left_behind(leaver, to)):
        raise Walled
    return count


@audit.attempt("matter.takeover_declined", on="takeover")
def decline(*, actor: User, takeover: Takeover, reason: str, now: datetime) -> None:
    """Whoever could confirm it, and who asked and thinks again."""
    staff.require_reason(reason)
    takeover = _open(takeover)
    fit = (
        queries.seconds(takeover.asked_by, takeover.successor, queries.matter_of(takeover)).filter(pk=actor.pk).exists()
    )
    if not fit and actor.pk != takeover.asked_by_id:
        raise UnfitSecond
    _answer(takeover, Answer.DECLINED, actor, reason, now)
    with access.as_system("takeover"):
        matter = Matter.objects.filter(pk=takeover.matter_id or 0).first()
        audit.record("matter.takeover_declined", matter or takeover.leaver, reason=reason, from_id=takeover.leaver_id)


def _open(takeover: Takeover) -> Takeover:
    rows = Takeover.objects.select_related("leaver", "successor", "asked_by")
    found = rows.select_for_update(of=("self",)).get(pk=takeover.pk)
    if found.answer != Answer.NONE:
        raise AnsweredAlready
    return found


def _answer(takeover: Takeover, answer: Takeover.Answer, actor: User, reason: str, now: datetime) -> None:
    takeover.answer, takeover.answered_by, takeover.answered_at = answer, actor, now
    takeover.answer_reason = reason.strip()
    takeover.save()
