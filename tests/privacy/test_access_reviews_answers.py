"""Answering: each row once, in part and later, removals checked again, the closed review signed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry
from matters.actions import team
from matters.models import Matter
from privacy.actions import erasure
from privacy.actions.reviews import answering, refused
from privacy.models import GroupReview, GroupReviewItem, MatterReview, MatterReviewItem, ReviewCount, ReviewItem
from privacy.queries import reviews
from tests import factories, personas
from tests.access.world import wall_off
from tests.lawcrm.planted import superuser
from tests.privacy.review_office import (
    DAY,
    NOW,
    Answer,
    began,
    items_of,
    lawyer,
    matter_of,
    opened,
    opening,
    read,
    review_of,
    say,
    sees,
    states,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    began()
    return lawyer("Karin Vestergaard")


def kinds(review: MatterReview) -> list[str]:
    with access.as_system("test"):
        rows = JournalEntry.objects.filter(object_type=review._meta.label_lower, object_id=review.pk)
        return list(rows.order_by("pk").values_list("kind", flat=True))


def test_some_are_answered_now_and_the_rest_later(owner: User) -> None:
    stays, goes, later = lawyer(), lawyer(), lawyer()
    matter = matter_of(owner, stays, goes, later)
    review = opened(matter)
    outcome = say(owner, review, keep=[stays], remove=[goes])
    assert (outcome.taken, outcome.closed, outcome.refused) == (2, False, {})
    assert states(review) == {stays.pk: "kept", goes.pk: "removed", later.pk: "open"}
    assert [sees(person, matter) for person in (stays, goes, later)] == [True, False, True]
    assert say(owner, review, keep=[later]).closed
    assert review_of(matter).closed_at == NOW


def test_what_is_removed_stands_in_the_matter_s_journal_with_its_reason(owner: User) -> None:
    goes = lawyer()
    matter = matter_of(owner, goes)
    say(owner, opened(matter), remove=[goes])
    with access.as_system("test"):
        entry = JournalEntry.objects.get(matter_id=matter.pk, kind="matter.access_withdrawn")
    assert (entry.actor_id, entry.reason, entry.facts["user_id"]) == (owner.pk, "Left the team", goes.pk)


def test_a_removal_without_a_reason_is_refused_in_words_and_stays_open(owner: User) -> None:
    goes = lawyer()
    matter = matter_of(owner, goes)
    review = opened(matter)
    with access.as_user(owner):
        item = items_of(review)[goes.pk]
        outcome = answering.answer(actor=owner, review=review, answers=[Answer(item.pk, keep=False)], now=NOW)
    assert "Say why" in outcome.refused[item.pk]
    assert (states(review), sees(goes, matter)) == ({goes.pk: "open"}, True)


def _twice(owner: User, matter: Matter, member: User) -> None:
    say(owner, review_of(matter), keep=[member])


def _leaves(owner: User, matter: Matter, member: User) -> None:
    member.is_active = False
    member.save()


def _withdrawn(owner: User, matter: Matter, member: User) -> None:
    with access.as_user(owner):
        team.withdraw_access(actor=owner, matter=matter, to=member, reason="x", now=NOW)


@pytest.mark.parametrize(
    ("meanwhile", "words", "state", "recorded"),
    [
        (_twice, "Karin Vestergaard has answered this meanwhile", "kept", "already_answered"),
        (_leaves, "This account has ended", "open", "account_ended"),
        (_withdrawn, "", "gone", ""),
    ],
)
def test_what_happened_meanwhile_is_said_in_words(
    owner: User, meanwhile: Callable[..., None], words: str, state: str, recorded: str
) -> None:
    member, other = lawyer(), lawyer()
    matter = matter_of(owner, member, other)
    review = opened(matter)
    meanwhile(owner, matter, member)
    outcome = say(owner, review, keep=[member])
    said = outcome.refused.get(items_of(review)[member.pk].pk, "")
    assert said.startswith(words) if words else not said
    assert states(review)[member.pk] == state
    assert kinds(review) == (["access_review.row_refused"] if recorded else [])


def test_a_second_person_at_a_closed_review_is_told_and_kept_in_the_journal(owner: User) -> None:
    member = lawyer()
    review = opened(matter_of(owner, member))
    say(owner, review, keep=[member])
    with pytest.raises(refused.ReviewClosed):
        say(owner, review, remove=[member])
    assert states(review) == {member.pk: "kept"}
    assert kinds(review) == ["access_review.closed", "access_review.answered_refused"]


@pytest.mark.parametrize("who", ["former owner", "manager", "reader"])
def test_only_the_owner_of_now_answers(owner: User, who: str) -> None:
    member, successor = lawyer(), lawyer()
    matter = matter_of(owner, member, successor)
    review = opened(matter)
    tries = {"former owner": owner, "manager": successor, "reader": member}[who]
    if who == "manager":
        factories.grant(matter, successor, "manage_matter")
    if who == "former owner":
        with access.as_system("test"):
            MatterReview.objects.filter(pk=review.pk).update(owner=successor)
    with pytest.raises(refused.NotYours):
        say(tries, review_of(matter), keep=[member])
    assert (kinds(review), states(review)[member.pk]) == (["access_review.answered_refused"], "open")


def test_after_it_was_passed_on_another_manager_answers_but_never_about_themselves(owner: User) -> None:
    member, manager = lawyer(), lawyer()
    matter = matter_of(owner, member, manager)
    factories.grant(matter, manager, "manage_matter")
    review = opened(matter)
    with access.as_system("test"):
        MatterReview.objects.filter(pk=review.pk).update(escalated_at=NOW)
    outcome = say(manager, review_of(matter), keep=[member, manager])
    assert states(review) == {member.pk: "kept", manager.pk: "open"}
    assert list(outcome.refused.values()) == ["Somebody else decides about your own access."]


def test_the_last_who_manages_is_not_removed_and_the_row_stays_open(owner: User) -> None:
    manager = lawyer()
    matter = matter_of(owner, manager)
    factories.grant(matter, manager, "manage_matter")
    review = opened(matter)
    owner.is_active = False
    owner.save()
    answers = [Answer(items_of(review)[manager.pk].pk, keep=False, reason="x")]
    with access.as_user(User.objects.get(pk=manager.pk)), pytest.raises(refused.NotYours):
        answering.answer(actor=manager, review=review, answers=answers, now=NOW)
    with access.as_system("test"), pytest.raises(team.LastManager):
        team.withdraw_access(actor=owner, matter=matter, to=manager, reason="x", now=NOW)
    assert states(review) == {manager.pk: "open"}


def test_unused_access_is_marked_from_the_read_log(owner: User) -> None:
    used, idle, never, member = lawyer("A Used"), lawyer("B Idle"), lawyer("C Never"), lawyer("D Member")
    group = personas.practice_group("Disputes", member, used)
    matter = matter_of(owner, used, idle, never, group)
    for days in (1, 2, 3):
        read(matter, used, NOW - days * DAY)
    read(matter, idle, NOW - 300 * DAY)
    read(matter, member, NOW - 5 * DAY)
    review = opened(matter)
    with access.as_user(owner):
        rows = {row.name: row for row in reviews.rows_of(review, NOW)}
    assert {name: str(row.mark) for name, row in rows.items()} == {
        "A Used": "used",
        "B Idle": "idle",
        "C Never": "never",
        "Disputes": "used",
    }
    assert (rows["A Used"].use.lately, rows["A Used"].roads, rows["C Never"].roads) == (3, ["Disputes"], [])
    assert rows["Disputes"].use.last == NOW - DAY


@pytest.mark.parametrize(("what", "mark"), [("page", "used"), ("download", "used"), ("list", "never")])
def test_whoever_reads_anything_within_the_matter_uses_the_access(owner: User, what: str, mark: str) -> None:
    """Some open every paper from a mail and never the matter's own page; a row in a list is no use of it."""
    member, elsewhere = lawyer("A Used"), lawyer("B Never")
    matter, other = matter_of(owner, member, elsewhere), matter_of(owner, elsewhere)
    for reader, of in ((member, matter), (elsewhere, other)):
        read(of, reader, NOW - DAY, object_type="matters.document", object_id=7, what=what)
    review = opened(matter)
    with access.as_user(owner):
        marks = {row.name: str(row.mark) for row in reviews.rows_of(review, NOW)}
        (waiting,) = reviews.with_open_rows([review], NOW)
    assert marks == {"A Used": mark, "B Never": "never"}
    assert {row.name: str(row.mark) for row in waiting.rows} == marks


def test_access_given_after_the_last_read_counts_as_never_opened_since(owner: User) -> None:
    member = lawyer()
    matter = matter_of(owner)
    read(matter, member, NOW - 400 * DAY)
    with access.as_user(owner):
        team.grant_access(actor=owner, matter=matter, to=member, level=team.Level.VIEW, reason="Back", now=NOW)
    with access.as_user(owner):
        (row,) = reviews.rows_of(opened(matter), NOW)
    assert (str(row.mark), row.why) == ("never", "Back")


@pytest.mark.parametrize("people", [1, 6])
def test_the_statements_of_a_review_do_not_depend_on_the_people(owner: User, people: int) -> None:
    matter = matter_of(owner, *(lawyer() for _ in range(people)), personas.practice_group(f"G{people}", lawyer()))
    review = opened(matter)
    with access.as_user(owner), CaptureQueriesContext(connection) as queries:
        reviews.rows_of(review, NOW)
    assert len(queries) <= 8
    counted.add(len(queries))
    assert len(counted) == 1


counted: set[int] = set()


def test_the_closed_review_is_frozen_signed_and_counted_without_names(owner: User) -> None:
    stays, goes = lawyer(), lawyer()
    matter = matter_of(owner, stays, goes)
    say(owner, opened(matter), keep=[stays], remove=[goes])
    record = review_of(matter).record
    assert record is not None
    assert (record["matter"], record["owner"]) == (matter.number, owner.pk)
    assert [(item["user"], item["answer"], item["by"]) for item in record["items"]] == [
        (stays.pk, "kept", owner.pk),
        (goes.pk, "removed", owner.pk),
    ]
    assert "title" not in record
    assert "Left the team" not in str(record)
    with access.as_system("test"):
        count = ReviewCount.objects.get()
        assert count.record["answers"] == {"kept": 1, "removed": 1}
        assert not {str(owner.pk), matter.number} & set(map(str, count.record.values()))
        assert audit.verify() == []


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (MatterReview, "update {table} set record = jsonb_set(record, '{{owner}}', '-1')"),
        (ReviewCount, "update {table} set record = record || '{{\"unused\": 99}}'"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_record_changed_afterwards_is_found(owner: User, model: type[MatterReview], change: str) -> None:
    member = lawyer()
    say(owner, opened(matter_of(owner, member)), keep=[member])
    with superuser() as session:
        session.execute(change.format(table=model._meta.db_table))
    with access.as_system("test"):
        assert [problem.what for problem in audit.verify()] == ["differs from what was signed"]


def test_erasing_the_matter_erases_its_reviews_and_leaves_the_count(owner: User) -> None:
    member = lawyer()
    matter = matter_of(owner, member)
    review = opened(matter)
    say(owner, review, keep=[member])
    with access.as_system("retention"):
        erasure.erase_matter(Matter.objects.get(pk=matter.pk), actor_id=None)
        assert (MatterReview.objects.count(), MatterReviewItem.objects.count()) == (0, 0)
        assert ReviewCount.objects.count() == 1
        assert audit.verify() == []
    with access.as_user(owner), pytest.raises(MatterReview.DoesNotExist):
        answering.answer(actor=owner, review=review, answers=[], now=NOW)


def test_a_wall_hides_the_review_with_the_matter(owner: User) -> None:
    member = lawyer()
    matter = matter_of(owner, member)
    review = opened(matter)
    with access.as_user(member):
        assert MatterReview.objects.filter(pk=review.pk).exists()
    wall_off(matter, member)
    with access.as_user(member):
        assert not MatterReview.objects.filter(pk=review.pk).exists()
        assert not MatterReviewItem.objects.filter(review=review.pk).exists()


@pytest.fixture
def role_review(owner: User) -> GroupReview:
    personas.user_for("assistant", full_name="A One")
    personas.user_for("assistant", full_name="B Two")
    opening.open_due(now=NOW)
    return GroupReview.objects.get(group__name="assistant")


def group_items(review: GroupReview) -> dict[str, GroupReviewItem]:
    return {item.user.full_name: item for item in GroupReviewItem.objects.filter(review=review).select_related("user")}


def test_an_administrator_takes_a_role_and_keeps_one(role_review: GroupReview) -> None:
    administrator = personas.user_for("administrator")
    items = group_items(role_review)
    answers = [Answer(items["A One"].pk, keep=False, reason="Other function"), Answer(items["B Two"].pk, keep=True)]
    with access.as_user(administrator):
        outcome = answering.answer(actor=administrator, review=role_review, answers=answers, now=NOW)
    assert outcome.closed
    assert not items["A One"].user.groups.exists()
    assert [item.state for item in group_items(role_review).values()] == ["removed", "kept"]


def test_nobody_reviews_themselves_and_a_role_keeps_a_holder(owner: User) -> None:
    first, second = personas.user_for("administrator"), personas.user_for("administrator")
    opening.open_due(now=NOW)
    review = GroupReview.objects.get(group__name="administrator")
    items = {item.user_id: item for item in review.items.all()}
    answers = [Answer(items[first.pk].pk, keep=True), Answer(items[second.pk].pk, keep=False, reason="x")]
    with access.as_user(first):
        outcome = answering.answer(actor=first, review=review, answers=answers, now=NOW)
    assert outcome.taken == 0
    assert outcome.refused == {
        items[first.pk].pk: "Somebody else decides about your own access.",
        items[second.pk].pk: "Too few people would be left in this role. Give it to somebody else first.",
    }


def test_whoever_does_not_administer_answers_no_role(role_review: GroupReview, owner: User) -> None:
    answers = [Answer(item.pk, keep=True) for item in group_items(role_review).values()]
    with access.as_user(owner), pytest.raises(refused.NotYours):
        answering.answer(actor=owner, review=role_review, answers=answers, now=NOW)
    assert {item.state for item in group_items(role_review).values()} == {ReviewItem.State.OPEN}


def test_a_role_is_marked_by_sign_in_and_by_use_of_matters_the_administrator_does_not_see(
    role_review: GroupReview, owner: User
) -> None:
    first, second = (item.user for item in group_items(role_review).values())
    first.last_login = NOW - timedelta(days=3)
    first.save()
    matter = matter_of(owner)
    with access.as_user(personas.user_for("administrator")):
        rows = {row.name: str(row.mark) for row in reviews.group_rows_of(role_review, NOW)}
    assert rows == {"A One": "used", "B Two": "never"}
    read(matter, second, NOW - DAY)
    with access.as_user(personas.user_for("administrator")):
        rows = {row.name: str(row.mark) for row in reviews.group_rows_of(role_review, NOW)}
    assert rows == {"A One": "used", "B Two": "used"}
