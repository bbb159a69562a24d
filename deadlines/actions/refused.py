"""Refusals that several actions share, and what all of them check first."""

from datetime import date

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from deadlines.engine.trace import Moment
from deadlines.models import Deadline, Task
from deadlines.queries import team
from lawcrm.accounts.models import User
from matters.actions.refused import Refused
from matters.models import Document, Matter


class MatterGone(Refused):
    def __init__(self) -> None:
        super().__init__(_("This matter is not open to you for work. It may have been closed meanwhile."))


class NotOnTeam(Refused):
    def __init__(self) -> None:
        super().__init__(_("This person does not see the matter. Give them access first, or choose someone else."))


class NobodyOfGroup(Refused):
    def __init__(self) -> None:
        super().__init__(
            _("Nobody of this practice group sees the matter. Give them access first, or choose a person.")
        )


class WhoAnswers(Refused):
    def __init__(self) -> None:
        super().__init__(_("Either a person answers for it or a practice group: choose one of both."))


class Ended(Refused):
    def __init__(self, deadline: Deadline) -> None:
        state = {"state": deadline.get_state_display().lower()}
        super().__init__(_("This deadline has ended already: it is %(state)s.") % state)


class TaskDone(Refused):
    def __init__(self) -> None:
        super().__init__(_("This task is done already. Reopen it first."))


class ChangedMeanwhile(Refused):
    def __init__(self) -> None:
        super().__init__(_("This deadline was moved while you looked at it. Check the date shown now, then try again."))


class WithoutReason(Refused):
    def __init__(self) -> None:
        super().__init__(_("Say why: the reason is kept with the deadline."))


class ForeignEvidence(Refused):
    def __init__(self) -> None:
        super().__init__(_("Choose a document of the same matter."))


class WithoutEvidence(Refused):
    def __init__(self) -> None:
        super().__init__(_("Show it: choose the document that was filed, or write down the receipt."))


class NothingToCheck(Refused):
    def __init__(self) -> None:
        super().__init__(_("This deadline does not wait for a check, or somebody has checked it already."))


def locked_matter(matter_id: int) -> Matter:
    """The matter, locked so that of two entries at once the second sees the first."""
    matter = Matter.objects.select_for_update(of=("self",), no_key=True).filter(pk=matter_id).first()
    if matter is None or matter.is_closed or not team.may_work(matter.pk):
        raise MatterGone
    return matter


def locked(deadline: Deadline, seen: Moment | None = None) -> Deadline:
    """The deadline as it is now, still open and, if said, still due when the person saw it to be."""
    found = Deadline.objects.select_for_update(of=("self",), no_key=True).filter(pk=deadline.pk).first()
    if found is None or not team.may_work(found.matter_id):
        raise MatterGone
    if found.state != Deadline.State.OPEN:
        raise Ended(found)
    if seen is not None and seen != found.due:
        raise ChangedMeanwhile
    return found


def locked_done(deadline: Deadline) -> Deadline:
    """The deadline as it is now, marked as done and waiting for a second person."""
    found = Deadline.objects.select_for_update(of=("self",), no_key=True).filter(pk=deadline.pk).first()
    if found is None or not team.may_work(found.matter_id):
        raise MatterGone
    if not found.awaits_check:
        raise NothingToCheck
    return found


def locked_task(task: Task) -> Task:
    """The task as it is now, not yet done."""
    found = Task.objects.select_for_update(of=("self",), no_key=True).filter(pk=task.pk).first()
    if found is None or not team.may_work(found.matter_id):
        raise MatterGone
    if found.done_at is not None:
        raise TaskDone
    return found


def require_evidence(deadline: Deadline, evidence: Document | None, words: str) -> None:
    """A document of the same matter, or words such as the number of a receipt."""
    if evidence is not None and evidence.matter_id != deadline.matter_id:
        raise ForeignEvidence
    if evidence is None and not words.strip():
        raise WithoutEvidence


def require_team(matter: Matter, today: date, *people: User | None) -> None:
    wanted = {person.pk for person in people if person is not None}
    if team.team_of(matter, today).filter(pk__in=wanted).count() != len(wanted):
        raise NotOnTeam


def require_answering(
    matter: Matter, today: date, assignee: User | None, group: Group | None, deputy: User | None = None
) -> None:
    """One answers, and everybody named is at work and sees the matter."""
    if (assignee is None) == (group is None):
        raise WhoAnswers
    if group is not None and not team.groups_of(matter, today).filter(pk=group.pk).exists():
        raise NobodyOfGroup
    require_team(matter, today, assignee, deputy)


def require_reason(reason: str) -> str:
    if not reason.strip():
        raise WithoutReason
    return reason.strip()
