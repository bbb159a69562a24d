"""Handing over what a person who leaves answers for, matter by matter, by those who may decide who sees it."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import access, audit
from lawcrm.accounts import leaving
from lawcrm.accounts.actions import records, staff
from lawcrm.accounts.models import LeavingRecord, User
from lawcrm.db import sight
from matters.actions.leaving import give_levels
from matters.actions.refused import Refused
from matters.models import Matter
from matters.models.levels import Level
from matters.queries import succession as queries
from matters.queries import takeover


class CannotSucceed(leaving.NoSuccessor):
    """Whoever takes over is an active lawyer of the firm, not the one who leaves and no administrator."""

    def __init__(self) -> None:
        super().__init__(_("Choose an active lawyer who does not administer accounts."))


class NotTheirs(Refused):
    def __init__(self) -> None:
        super().__init__(_("You hand over your own matters, or those you manage with somebody who has left."))


class NothingChosen(Refused):
    def __init__(self) -> None:
        super().__init__(_("Choose at least one matter."))


def register() -> None:
    leaving.register_succession(leaving.Succession(candidates_for, reach, takeover.unmanaged))


def candidates_for(user: User) -> list[User]:
    return list(queries.candidates(user, timezone.localdate()))


def reach(user: User, to: User) -> frozenset[int]:
    """Only what the successor sees already: whoever names them need not see anything. Raises CannotSucceed."""
    require_successor(user, to)
    with access.as_system("matters of somebody who leaves"):
        matters = leaving.matters_of(user)
    return queries.seen_by(to, matters) - queries.closed_to(to, matters)


def require_successor(user: User, to: User) -> None:
    if not queries.candidates(user, timezone.localdate()).filter(pk=to.pk).exists():
        raise CannotSucceed


@audit.attempt("accounts.handed_over", on="user")
def hand_over(  # noqa: PLR0913 - who hands what of whom to whom, why and when
    *, actor: User, user: User, to: User, matters: Iterable[Matter], reason: str, now: datetime
) -> list[Matter]:
    """Everything the person answers for in these matters passes on; answers the matters that could not.

    The actor manages each of them, so that opening it to the successor is theirs to decide. A matter whose
    wall keeps the successor out stays and asks for somebody else.
    """
    staff.require_reason(reason)
    user = staff.locked(user)
    require_successor(user, to)
    if actor != user and user.is_active and not user.has_ended:
        raise NotTheirs
    chosen = queries.managed().filter(pk__in=[matter.pk for matter in matters]).defer("summary").order_by("pk")
    sight.lock(chosen.values_list("pk", flat=True))
    wanted = list(chosen.all())
    if not wanted:
        raise NothingChosen
    closed = queries.closed_to(to, [matter.pk for matter in wanted])
    walled = [matter for matter in wanted if matter.pk in closed]
    taken = [matter for matter in wanted if matter.pk not in closed]
    pass_on(user=user, to=to, matters=taken, done_by=actor, reason=reason, now=now)
    return walled


def pass_on(  # noqa: PLR0913
    *, user: User, to: User, matters: list[Matter], done_by: User, reason: str, now: datetime
) -> dict[str, int]:
    """Sight first where the successor has none, then the duties, then the record. The caller holds the locks."""
    ids = frozenset(matter.pk for matter in matters)
    seen = queries.seen_by(to, ids)
    unseen = [matter for matter in matters if matter.pk not in seen]
    with access.as_system(reason):
        give_levels(unseen, to, Level.WORK)
        audit.record_each("matter.access_granted", unseen, reason=reason, level=Level.WORK.code, user_id=to.pk)
    duties = [burden for burden in leaving.burdens() if burden.is_duty]
    went = leaving.settle(user, duties, to=leaving.Successor(to, ids), reason=reason, now=now)
    audit.record("accounts.handed_over", user, reason=reason, to_id=to.pk, **went)
    kind = LeavingRecord.Kind.HANDED_OVER
    records.keep(kind, user=user, done_by=done_by, to=to, reason=reason, went=went, now=now)
    return went
