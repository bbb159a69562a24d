"""Who can take over a matter, and which matters may pass to them on whose word."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from lawcrm import access
from lawcrm.accounts import leaving
from lawcrm.accounts.models import User
from matters.models import Matter, MatterGroupObjectPermission, MatterUserObjectPermission
from matters.models.levels import Level
from matters.queries import leading

ANSWERING = "matters.grant_access"
ADMINISTERING = "accounts.change_user"


def holders(permission: str) -> QuerySet[User]:
    app, codename = permission.split(".")
    return User.objects.filter(groups__permissions__codename=codename, groups__permissions__content_type__app_label=app)


def candidates(user: User, today: date) -> QuerySet[User]:
    """Lawyers at work who do not administer accounts."""
    at_work = User.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), is_active=True).exclude(pk=user.pk)
    lawyers = at_work.filter(pk__in=holders(ANSWERING).values("pk"))
    return lawyers.exclude(pk__in=holders(ADMINISTERING).values("pk")).order_by("full_name", "pk")


def unable_to_answer() -> Q:
    """Matters whose responsible lawyer is gone, or has no function any more that lets them answer for one."""
    return leaving.unable("responsible", (ANSWERING,))


def seen_by(person: User, matters: Collection[int]) -> frozenset[int]:
    """For good: what somebody sees for some hours only is no ground for more."""
    with access.as_viewer(access.viewer_of(person).lasting()):
        return frozenset(Matter.objects.filter(pk__in=matters).values_list("pk", flat=True))


def closed_to(person: User, matters: Collection[int]) -> frozenset[int]:
    """Those of the matters that a wall, a planned one too, keeps from the person."""
    with access.as_system("walls around what is handed over"):
        closed = leading.closed_to(access.viewer_of(person).principals)
        return frozenset(Matter.objects.filter(closed, pk__in=matters).values_list("pk", flat=True))


def managed() -> QuerySet[Matter]:
    """Matters the viewer manages, closed ones too."""
    viewer = access.required()
    groups = [-principal for principal in viewer.principals if principal < 0]
    managing = {"content_object": OuterRef("pk"), "permission__codename": Level.MANAGE}
    own = MatterUserObjectPermission.objects.filter(**managing, user_id=viewer.user_id)
    shared = MatterGroupObjectPermission.objects.filter(**managing, group_id__in=groups)
    return Matter.objects.filter(Exists(own) | Exists(shared))


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a person answers for in one matter the viewer manages."""

    matter: Matter
    duties: list[tuple[str | Promise, int]]

    @property
    def label(self) -> str:
        what = ", ".join(f"{words}: {count}" for words, count in self.duties)
        return f"{self.matter.number} · {self.matter.title} ({what})"


def bundles(user: User) -> list[Bundle]:
    """Matters the viewer manages in which the person has duties."""
    with access.as_system("duties of a person"):
        duties = leaving.matters_of(user)
    words = {burden.code: burden.words for burden in leaving.burdens()}
    # Never an empty list, for which no question would be asked: their number must not tell of hidden matters.
    rows = managed().filter(pk__in=[0, *duties]).defer("summary").order_by("number")
    return [Bundle(row, [(words[code], count) for code, count in duties[row.pk].items()]) for row in rows]


def left_in_managed() -> list[User]:
    """People who left and answer for something in matters the viewer manages."""
    with access.as_system("duties of people who left"):
        pairs = {pair for burden in leaving.burdens() if burden.left for pair in burden.left()}
    mine = set(managed().filter(pk__in=[0, *(matter for _user, matter in pairs)]).values_list("pk", flat=True))
    people = User.objects.filter(pk__in=[0, *(user for user, matter in pairs if matter in mine)])
    return list(people.order_by("full_name", "pk"))
