"""What belongs to a person and ends, or passes to somebody else, when they leave; every room registers its own."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise

from lawcrm import access, audit
from lawcrm.db.arrays import AmongThem

if TYPE_CHECKING:
    from lawcrm.accounts.models import User


@dataclass(frozen=True)
class Successor:
    """Who takes over, and the matters (by inner id) whose duties may pass to them."""

    user: "User"
    matters: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Burden:
    """One kind of thing that belongs to a person.

    A right simply ends. A duty stays with the account until a successor takes it: `end_or_hand_over` is called
    with the successor and hands over what that one can take, and nothing more. Both run in system scope, inside
    the transaction of the leaving, the person's row locked; the actor is still the declared viewer's.
    `code` is the name under which the journal counts it. `needs`: one of these permissions keeps it when only
    the function changes; without any it ends with the account alone.
    """

    code: str
    words: str | Promise
    count: "Callable[[User], int]"
    end_or_hand_over: "Callable[[User, Successor | None, str, datetime], object]"
    # Of a duty: the matter each one lies in, as often as there are duties in it.
    matters: "Callable[[User], Iterable[int]] | None" = None
    # Of a duty: whose it is and in which matter, for every one whose owner has left or cannot answer for it.
    left: "Callable[[], Iterable[tuple[int, int]]] | None" = None
    needs: tuple[str, ...] = ()
    order: int = 50

    @property
    def is_duty(self) -> bool:
        return self.matters is not None


@dataclass(frozen=True, slots=True)
class Line:
    """How much of one kind a person has, and how much of it a successor would take."""

    burden: Burden
    count: int
    passes: int = 0

    @property
    def stays(self) -> int:
        return self.count - self.passes


class NoSuccessor(audit.Refused):
    """Nobody can take over here; the room that knows about duties says why."""


@dataclass(frozen=True)
class Succession:
    """Who can take over whose duties without anybody gaining sight by it: told by the room of the matters.

    `reach` answers the matters whose duties may pass on a word of somebody who sees none of them;
    it raises NoSuccessor for a person who cannot take any.
    """

    candidates: "Callable[[User], list[User]]"
    reach: "Callable[[User, User], frozenset[int]]"
    # Of what a person who left answers for: in how many matters nobody can hand it over.
    unmanaged: "Callable[[User], int]"


_burdens: dict[str, Burden] = {}
_succession: Succession | None = None


def register(burden: Burden) -> None:
    """Called in an app's `ready()`; registering a code again replaces it."""
    _burdens[burden.code] = burden


def burdens() -> list[Burden]:
    """Duties first: they pass on while the rights still tell where they lie."""
    return sorted(_burdens.values(), key=lambda burden: (not burden.is_duty, burden.order, burden.code))


def rights() -> list[Burden]:
    return [burden for burden in burdens() if not burden.is_duty]


def no_longer_covered(before: Collection[str], after: Collection[str]) -> list[Burden]:
    """What one of these permissions kept and none of them keeps any more."""
    return [
        burden
        for burden in burdens()
        if not set(burden.needs).isdisjoint(before) and set(burden.needs).isdisjoint(after)
    ]


def lines_of(user: "User", to: Successor | None = None) -> list[Line]:
    """Numbers only, over everything there is, whoever asks."""
    with access.as_system("what belongs to an account"):
        return [Line(burden, burden.count(user), _passing(burden, user, to)) for burden in burdens()]


def _passing(burden: Burden, user: "User", to: Successor | None) -> int:
    if to is None or burden.matters is None:
        return 0
    return sum(matter in to.matters for matter in burden.matters(user))


def unable(person: str, needs: Collection[str]) -> Q:
    """Rows whose person cannot answer for them: gone, past the last day, or in a function that covers none of these."""
    codes = [code.split(".") for code in needs]
    of_code = [Q(content_type__app_label=app, codename=codename) for app, codename in codes]
    covering = Permission.objects.filter(reduce(or_, of_code)).values("group")
    user = get_user_model()
    at_work = user.objects.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate()), is_active=True)
    able = at_work.filter(groups__in=covering)
    return Q(AmongThem(F(person), ArraySubquery(user.objects.exclude(pk__in=able.values("pk")).values("pk"))))


def open_duties(user: "User") -> int:
    """What still waits for somebody; nobody has left before this is zero."""
    return sum(line.count for line in lines_of(user) if line.burden.is_duty)


def waiting() -> dict[int, dict[str, int]]:
    """What waits for somebody, by whose it was, in numbers; a query for each kind."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    with access.as_system("duties of people who left"):
        for burden in burdens():
            for user_id, _matter in burden.left() if burden.left else ():
                found[user_id][burden.code] = found[user_id].get(burden.code, 0) + 1
    return dict(found)


def matters_of(user: "User") -> dict[int, dict[str, int]]:
    """The matters in which the person has duties, and how many of each kind. Ask in system scope."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for burden in burdens():
        for matter in burden.matters(user) if burden.matters else ():
            found[matter][burden.code] = found[matter].get(burden.code, 0) + 1
    return dict(found)


def register_succession(rule: Succession) -> None:
    global _succession  # noqa: PLW0603 - one room answers
    _succession = rule


def candidates(user: "User") -> "list[User]":
    """Who could take over from this person, by name."""
    return _succession.candidates(user) if _succession else []


def unmanaged(user: "User") -> int:
    """Matters of theirs that wait for a takeover by two partners."""
    return _succession.unmanaged(user) if _succession else 0


def successor(user: "User", to: "User") -> Successor:
    """The person with the reach they have without gaining sight. Raises NoSuccessor."""
    if _succession is None:
        raise NoSuccessor
    return Successor(to, _succession.reach(user, to))


def settle(
    user: "User", chosen: Iterable[Burden], *, to: Successor | None, reason: str, now: datetime
) -> dict[str, int]:
    """End or hand over each of the kinds; answers how many of each went."""
    went: dict[str, int] = {}
    with access.as_system(reason):
        for burden in chosen:
            if before := burden.count(user):
                if to is not None or not burden.is_duty:
                    burden.end_or_hand_over(user, to, reason, now)
                if gone := before - burden.count(user):
                    went[burden.code] = gone
    return went
