"""Who answers for a matter, and for how long somebody from outside may help on it."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts.actions import staff
from lawcrm.accounts.models import User
from lawcrm.db import sight
from matters.actions import team
from matters.actions.refused import Refused
from matters.models import Matter, MatterUserObjectPermission
from matters.models.levels import Level
from matters.queries import leading

ENTITLES = "matters.grant_access"
EXTENDS = "accounts.extend_externals"


class BehindTheWall(Refused):
    def __init__(self) -> None:
        super().__init__(_("A wall keeps this person out of the matter. Lower it first, or name somebody else."))


class NotEntitled(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only lawyers of the firm answer for a matter: this person's role does not include it."))


class ResponsibleAlready(Refused):
    def __init__(self) -> None:
        super().__init__(_("This person is responsible already."))


class NotOnThisMatter(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only for people from outside who are on this matter, by the partner who answers for it."))


@audit.attempt("matter.responsibility_handed_over", on="matter")
def hand_over_responsibility(  # noqa: PLR0913 - from whom to whom, what stays, why and when
    *, actor: User, matter: Matter, to: User, keeps: Level | None, reason: str, now: datetime
) -> Matter:
    """The new one manages the matter from then on; the old one keeps the level said, or loses access."""
    team.require_reason(reason)
    sight.lock([matter.pk])
    matter = Matter.objects.select_for_update(of=("self",)).select_related("responsible").get(pk=matter.pk)
    _require_able(matter, to)
    before = matter.responsible
    matter.responsible = to
    matter.save()
    kept = keeps.code if keeps is not None else ""
    audit.record(
        "matter.responsibility_handed_over", matter, reason=reason, before_id=before.pk, user_id=to.pk, kept=kept
    )
    team.grant_access(actor=actor, matter=matter, to=to, level=Level.MANAGE, reason=reason, now=now)
    _leave_with(actor, matter, before, keeps, reason, now)
    return matter


def _leave_with(  # noqa: PLR0913, PLR0917
    actor: User, matter: Matter, before: User, keeps: Level | None, reason: str, now: datetime
) -> None:
    """Somebody whose account ended is given nothing anew: what they hold is left or withdrawn."""
    if keeps is None:
        team.withdraw_access(actor=actor, matter=matter, to=before, reason=reason, now=now)
    elif before.is_active and not before.has_ended:
        team.grant_access(actor=actor, matter=matter, to=before, level=keeps, reason=reason, now=now)


@audit.attempt("matter.outsider_extended", on="matter")
def extend_outsider(  # noqa: PLR0913 - whose account, on which matter, until when and why
    *, actor: User, matter: Matter, user: User, ends_on: date, reason: str, now: datetime
) -> None:
    """By the responsible lawyer with that right: who answers for the matter knows whether help is still needed."""
    team.require_reason(reason)
    on_it = MatterUserObjectPermission.objects.filter(content_object=matter, user=user).exists()
    answers = matter.responsible_id == actor.pk and EXTENDS in actor.role_permissions()
    if not (user.is_external and on_it and answers):
        raise NotOnThisMatter
    staff.extend(actor=actor, user=user, ends_on=ends_on, reason=reason, now=now)
    audit.record("matter.outsider_extended", matter, reason=reason, user_id=user.pk, ends_on=ends_on)


def _require_able(matter: Matter, to: User) -> None:
    if to.pk == matter.responsible_id:
        raise ResponsibleAlready
    team.require_grantable(to, Level.MANAGE)
    if ENTITLES not in to.role_permissions():
        raise NotEntitled
    if leading.is_kept_out(matter, to.pk):
        raise BehindTheWall
