"""What a given person would see, in counts and numbers only: for an administrator who checks a wall."""

from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.models import Group
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lawcrm import access
from lawcrm.accounts.models import User
from matters.models import Matter

MOST = 1000
MOST_NUMBERS = 200
# Words of the things counted, by the models of all rooms.
COUNTED = (
    "matters.Matter",
    "clients.Contact",
    "matters.Document",
    "matters.Communication",
    "deadlines.Deadline",
    "deadlines.Task",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """No title, no name and no content, whoever asks."""

    counts: list[tuple[str | Promise, str]]
    numbers: list[str]
    more: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the person sees the matter of a number, and by which roads, without any reason."""

    number: str
    sees: bool
    roads: list[str]


def seen_by(person: User) -> Seen:
    with access.as_viewer(access.viewer_of(person)):
        counts = [_count(label) for label in COUNTED]
        numbers = list(
            Matter.objects.order_by("-opened_on", "-pk").values_list("number", flat=True)[: MOST_NUMBERS + 1]
        )
    return Seen(counts, numbers[:MOST_NUMBERS], len(numbers) > MOST_NUMBERS)


def _count(label: str) -> tuple[str | Promise, str]:
    model = apps.get_model(label)
    found = model._default_manager.order_by()[: MOST + 1].count()
    return model._meta.verbose_name_plural or label, str(found) if found <= MOST else f"{MOST}+"


def answer(person: User, number: str) -> Answer:
    """A matter that is not there and one that nothing opens are the same no."""
    viewer = access.viewer_of(person)
    with access.as_viewer(viewer):
        sees = Matter.objects.filter(number=number).exists()
    with access.as_system("see as"):
        arrays = Matter.objects.filter(number=number).values_list("acl", "deny").first() or ([], [])
    given, kept_out = (sorted(set(found) & set(viewer.principals)) for found in arrays)
    names = dict(Group.objects.filter(pk__in=[-who for who in given + kept_out if who < 0]).values_list("pk", "name"))
    roads = [_given(who, names) for who in given] + [_kept_out(who, names) for who in kept_out]
    return Answer(number, sees, roads)


def _given(principal: int, names: dict[int, str]) -> str:
    if principal < 0:
        return _("The practice group %s was given the matter.") % names.get(-principal, "")
    if principal >= access.BREAK_GLASS:
        return _("The glass was broken, for a limited time.")
    return _("The matter was given to this person.")


def _kept_out(principal: int, names: dict[int, str]) -> str:
    if principal < 0:
        return _("A wall keeps the practice group %s out, which beats everything given.") % names.get(-principal, "")
    return _("A wall keeps this person out, which beats everything given.")
