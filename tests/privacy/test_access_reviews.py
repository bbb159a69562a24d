"""When access reviews are opened: each matter on its own day, once, in a bounded number of statements."""

from collections import Counter
from datetime import datetime
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.actions.responsibility import hand_over_responsibility
from matters.models import Matter, MatterUserObjectPermission
from matters.models.levels import Level
from privacy.actions.reviews import asking, opening
from privacy.models import GroupReview, GroupReviewItem, MatterReview, MatterReviewItem, ReviewRules
from privacy.queries import reviewing
from tests import factories, personas
from tests.privacy.review_office import (
    BEGAN,
    DAY,
    NOW,
    began,
    items_of,
    lawyer,
    mails,
    matter_of,
    opened,
    review_of,
    say,
    states,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return lawyer("Karin Vestergaard")


def opened_on_days(first: datetime, days: int) -> Counter[int]:
    return Counter({day: opened for day in range(days) if (opened := _opened_on(first + day * DAY))})


def _opened_on(now: datetime) -> int:
    before = MatterReview.objects.count()
    opening.open_due(now=now)
    return MatterReview.objects.count() - before


def test_each_matter_has_its_own_day_and_is_asked_about_once_in_a_period(owner: User, system: access.Viewer) -> None:
    began(NOW.date(), matter_months=1)  # thirty days
    member = lawyer()
    for _ in range(30):
        matter_of(owner, member)
    days = opened_on_days(NOW, 30)
    assert set(days.values()) == {1}, "thirty matters over thirty days"
    assert Counter(MatterReview.objects.values_list("matter", flat=True)).most_common(1)[0][1] == 1
    slots = MatterReview.objects.values_list("slot", "opened_at")
    assert [slot for slot, at in slots if slot != timezone.localdate(at)] == []


def test_a_firm_that_moves_in_is_not_asked_about_everything_at_once(owner: User, system: access.Viewer) -> None:
    member = lawyer()
    for _ in range(20):
        matter_of(owner, member)
    assert opening.open_due(now=NOW) <= 2
    assert ReviewRules.objects.get().began_on == timezone.localdate(NOW)


def test_days_missed_are_caught_up_and_asking_twice_opens_nothing_twice(owner: User, system: access.Viewer) -> None:
    began(NOW.date(), matter_months=1)
    member = lawyer()
    for _ in range(30):
        matter_of(owner, member)
    assert _opened_on(NOW + 9 * DAY) == 10
    assert _opened_on(NOW + 9 * DAY) == 0


def test_the_next_period_asks_again_and_an_open_review_is_not_doubled(owner: User) -> None:
    began(matter_months=1)
    member = lawyer()
    matter = matter_of(owner, member)
    first = opened(matter)
    opening.open_due(now=NOW + 40 * DAY)
    assert review_of(matter) == first
    say(owner, first, keep=[member])
    opening.open_due(now=NOW + 40 * DAY)
    assert review_of(matter) != first


@pytest.mark.parametrize(
    ("others", "asked"), [((), 0), (("colleague",), 1), (("group",), 1), (("colleague", "group"), 2)]
)
def test_everybody_but_the_responsible_lawyer_is_asked_about(owner: User, others: tuple[str, ...], asked: int) -> None:
    began()
    found = {"colleague": lawyer(), "group": personas.practice_group("Disputes", lawyer())}
    matter = matter_of(owner, *(found[name] for name in others))
    opening.open_due(now=NOW)
    with access.as_system("test"):
        assert MatterReviewItem.objects.filter(matter=matter).count() == asked
        assert MatterReview.objects.count() == (1 if asked else 0)


def test_the_item_says_how_far_access_reaches(owner: User) -> None:
    began()
    worker = lawyer()
    matter = matter_of(owner, worker)
    factories.grant(matter, worker, "work_matter")
    assert items_of(opened(matter))[worker.pk].level == "work_matter"


@pytest.mark.proof
def test_ten_thousand_matters_are_opened_in_a_bounded_number_of_statements(owner: User, system: access.Viewer) -> None:
    began()
    member = lawyer()
    matter_of(owner, member)
    _copy_matters(10_000, member)
    with CaptureQueriesContext(connection) as queries:
        assert opening.open_due(now=NOW) >= 10_001
    assert MatterReviewItem.objects.count() >= 10_001
    assert len([query for query in queries.captured_queries if "SAVEPOINT" not in query["sql"]]) < 250


def _copy_matters(number: int, member: User) -> None:
    """By the manager's own bulk statements: what a firm of years has."""
    example = Matter.objects.get()
    permission = MatterUserObjectPermission.objects.filter(user=member)[0].permission
    with transaction.atomic():
        made = audit.bulk_create(
            Matter,
            (
                Matter(
                    number=f"B-{serial}",
                    title="x",
                    matter_type=example.matter_type,
                    responsible=example.responsible,
                    jurisdiction="DE",
                    opened_on=BEGAN,
                )
                for serial in range(number)
            ),
        )
        MatterUserObjectPermission.objects.bulk_create(
            MatterUserObjectPermission(content_object=matter, user=member, permission=permission) for matter in made
        )


def test_a_new_responsible_lawyer_is_asked_at_once(owner: User) -> None:
    began(NOW.date() + 1000 * DAY)
    successor, member = lawyer("Anders Holm"), lawyer()
    matter = matter_of(owner, member)
    _hand_over(matter, owner, successor)
    opening.open_handed_over(now=timezone.now())
    review = review_of(matter)
    assert (review.owner, review.cause) == (successor, "handover")
    assert set(items_of(review)) == {owner.pk, member.pk}
    assert opening.open_handed_over(now=timezone.now()) == 0


@pytest.mark.parametrize("others", [0, 1])
def test_nobody_waits_for_the_new_responsible_lawyers_word_about_themselves(owner: User, others: int) -> None:
    began()
    successor, members = lawyer("Anders Holm"), [lawyer() for _n in range(others)]
    matter = matter_of(owner, successor, *members)
    review = opened(matter)
    _hand_over(matter, owner, successor)
    opening.open_handed_over(now=timezone.now())
    assert set(states(review)) == {member.pk for member in members}
    if members:
        say(successor, review, keep=members)
    with access.as_system("test"):
        review.refresh_from_db()
    assert review.closed_at is not None


def test_nobody_waits_for_the_only_keepers_word_about_themselves(owner: User) -> None:
    began()
    one, two = (personas.user_for("administrator") for _n in range(2))
    opening.open_due(now=NOW)
    review = GroupReview.objects.get(group__name="administrator")
    assert set(review.items.values_list("user_id", flat=True)) == {one.pk, two.pk}
    two.groups.clear()
    opening.open_handed_over(now=timezone.now())
    assert set(review.items.values_list("user_id", flat=True)) == {two.pk}


def test_an_open_review_passes_to_the_new_responsible_lawyer_and_starts_over(owner: User) -> None:
    began()
    successor, member = lawyer("Anders Holm"), lawyer()
    matter = matter_of(owner, member)
    review = opened(matter)
    asking.ask_due(now=NOW)
    _hand_over(matter, owner, successor)
    opening.open_handed_over(now=timezone.now())
    review = review_of(matter)
    assert (review.owner, review.times_asked, review.asked_on) == (successor, 0, None)
    assert set(states(review).values()) == {"open"}


def _hand_over(matter: Matter, owner: User, to: User) -> None:
    with access.as_user(owner):
        hand_over_responsibility(actor=owner, matter=matter, to=to, keeps=Level.MANAGE, reason="new partner", now=NOW)


def test_roles_and_practice_groups_are_asked_about_with_all_active_members(system: access.Viewer) -> None:
    began()
    first, second, gone = lawyer(), lawyer(), lawyer()
    personas.practice_group("Disputes", first, gone)
    gone.is_active = False
    gone.save()
    opening.open_due(now=NOW)
    asked = {review.group.name: review for review in GroupReview.objects.select_related("group")}
    assert set(asked) == {"lawyer", "Disputes"}
    assert set(asked["lawyer"].items.values_list("user", flat=True)) == {first.pk, second.pk}
    assert list(asked["Disputes"].items.values_list("user", flat=True)) == [first.pk]
    assert opening.open_due(now=NOW) == 0


def test_a_practice_group_is_its_keepers_to_review() -> None:
    keeper, member = personas.user_for("partner"), lawyer()
    assert list(reviewing.keepers_of(personas.practice_group("Disputes", member, keeper=keeper))) == [keeper]


def test_the_only_keeper_is_not_asked_about(system: access.Viewer) -> None:
    began()
    keeper, member = personas.user_for("partner"), lawyer()
    personas.practice_group("Disputes", member, keeper=keeper)
    opening.open_due(now=NOW)
    review = GroupReview.objects.get(group__name="Disputes")
    assert list(review.items.values_list("user", flat=True)) == [member.pk]


def test_people_from_outside_are_asked_about_every_month_and_nobody_else_is(owner: User) -> None:
    began(NOW.date() - 400 * DAY, matter_months=12_000)
    outsider, member = personas.external_for(), lawyer()
    matter = matter_of(owner, member, outsider)
    matter_of(owner, member)
    with access.as_system("test"):
        opening.open_due(now=NOW)
        MatterReviewItem.objects.all().delete()
        MatterReview.objects.all().delete()
        MatterReview.objects.create(matter=matter, owner=owner, slot=NOW.date(), opened_at=NOW, closed_at=NOW)
    opened_at = []
    for days in range(1, 61):
        opening.open_due(now=NOW + days * DAY)
        review = review_of(matter)
        if not review.is_closed:
            assert (review.cause, set(items_of(review))) == ("external", {outsider.pk})
            opened_at.append(days)
            say(owner, review, NOW + days * DAY, keep=[outsider])
    assert [later - earlier for earlier, later in pairwise(opened_at)] == [30]


def test_a_role_is_the_administrators_to_review() -> None:
    administrator = personas.user_for("administrator")
    lawyer()
    assert list(reviewing.keepers_of(lawyer().groups.get())) == [administrator]


def test_one_mail_a_day_asks_about_everything_and_three_in_all(owner: User, system: access.Viewer) -> None:
    began(group_months=600)
    reviews = [opened(matter_of(owner, lawyer())) for _ in range(3)]
    GroupReviewItem.objects.all().delete()
    GroupReview.objects.all().delete()
    asked = [asking.ask_due(now=NOW + days * DAY) for days in (0, 0, 6, 7, 14, 21, 90)]
    assert asked == [3, 0, 0, 3, 3, 0, 0]
    assert [recipient for recipient, _state in mails("review_asked")] == [owner.pk] * 3
    for review in reviews:
        review.refresh_from_db()
        assert (review.times_asked, review.asked) == (3, [owner.pk])
