"""A matter's number is found however it is typed: with spaces, in small letters."""

import re
from collections.abc import Callable
from itertools import pairwise
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

import pytest

from deadlines.queries import picking
from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.firm import FirmFacts, establish
from lawcrm.review.forms import AskForm as LogForm
from matters import numbering
from matters.forms.break_glass import AskForm as GlassForm
from matters.forms.see_as import SeeAsForm
from matters.models import Matter
from matters.queries import listing
from privacy.forms.office import HoldForm
from tests import factories, personas
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db
TYPED = (" m2026/7 ", "M 2026 / 7", "m2026/7\t")


@pytest.fixture
def matter(karin: User) -> Matter:
    matter = factories.matter(number="M2026/7", responsible=karin)
    for level in ("view_matter", "work_matter", "manage_matter"):
        factories.grant(matter, karin, level)
    return matter


@pytest.fixture
def random_numbers() -> None:
    facts = FirmFacts(
        name="Firm", country="DK", languages=["en"], time_zone="Europe/Copenhagen", number_format="{year}-{random}"
    )
    with access.as_system("test"):
        establish(facts=facts, now=NOW)


@pytest.mark.usefixtures("random_numbers")
def test_the_next_number_says_nothing_of_how_many_hidden_matters_were_opened_before(opened: Opener, ida: User) -> None:
    """The same form in a firm without any and in one with many, and no order to count by."""
    numbers = []
    for hidden in (0, 1, 7):
        for _n in range(hidden):
            opened("Hidden")
        numbers.append(opened(responsible=ida).number)
    assert all(re.fullmatch(rf"2026-[{numbering.LETTERS}]{{{numbering.PLACES}}}", number) for number in numbers)
    with access.as_system("test"):
        made = list(Matter.objects.order_by("pk").values_list("number", flat=True))
    assert len(made) == len(set(made)) == 11
    assert made not in (sorted(made), sorted(made, reverse=True))


def test_numbers_that_follow_each_other_have_nothing_in_common() -> None:
    """Neither rising nor at a distance that comes again: a gap between two of one's own tells no number in between."""
    key = UUID("5f0c3f6e-8a53-4a5e-9a55-0d4f0c1c8f11")
    values = [value_of(numbering.scrambled(running, key)) for running in range(1, 2001)]
    steps = [after - before for before, after in pairwise(values)]
    assert 0.45 < sum(step > 0 for step in steps) / len(steps) < 0.55
    assert len(set(steps)) == len(steps)
    assert sorted(abs(step) for step in steps)[len(steps) // 2] > 32**numbering.PLACES / 10
    other = [value_of(numbering.scrambled(running, uuid4())) for running in range(1, 2001)]
    assert len(set(values) & set(other)) < 20


@pytest.mark.parametrize("between", [0, 1, 6, 1000])
def test_two_numbers_of_one_s_own_differ_by_chance_however_many_lie_between(between: int) -> None:
    """Over many firms: each bit in which they differ, and which is the higher one, is a toss."""
    firms = [uuid5(NAMESPACE_OID, str(firm)) for firm in range(4000)]
    pairs = [[value_of(numbering.scrambled(running, key)) for running in (1, 2 + between)] for key in firms]
    tosses = [[(one ^ other) >> bit & 1 for one, other in pairs] for bit in range(5 * numbering.PLACES)]
    tosses.append([one < other for one, other in pairs])
    assert [share for toss in tosses if not 0.46 < (share := sum(toss) / len(firms)) < 0.54] == []


def value_of(text: str) -> int:
    return sum(numbering.LETTERS.index(letter) * 32**place for place, letter in enumerate(reversed(text)))


def by_glass(typed: str, karin: User) -> bool:
    second = personas.user_for("lawyer")
    form = GlassForm({"number": typed, "reason": "x", "hours": "1", "confirmer": second.pk}, asker=karin)
    return form.is_valid() and form.cleaned_data["number"] == "M2026/7"


def by_seeing_as(typed: str, karin: User) -> bool:
    form = SeeAsForm({"number": typed, "person": karin.public_id})
    return form.is_valid() and form.cleaned_data["number"] == "M2026/7"


def by_list(typed: str, _karin: User) -> bool:
    return [row.number for row in listing.found(Matter.objects.all(), typed)] == ["M2026/7"]


def by_picking(typed: str, _karin: User) -> bool:
    return [row.number for row in picking.matters_like(typed)] == ["M2026/7"]


def by_hold(typed: str, _karin: User) -> bool:
    form = HoldForm({"matter_number": typed, "reason": "x"})
    return form.is_valid() and form.cleaned_data["matter_number"].number == "M2026/7"


def by_log(typed: str, _karin: User) -> bool:
    form = LogForm({"period": "7", "matter_number": typed})
    return form.is_valid() and form.cleaned_data["matter_number"] is not None


@pytest.mark.parametrize("road", [by_glass, by_seeing_as, by_list, by_picking, by_hold, by_log])
@pytest.mark.parametrize("typed", TYPED)
def test_every_road_takes_a_number_as_people_type_it(
    matter: Matter, karin: User, road: Callable[[str, User], bool], typed: str
) -> None:
    with access.as_user(karin):
        assert road(typed, karin)
