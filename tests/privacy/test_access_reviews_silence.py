"""Silence: reminded three times, then removed, told to everybody concerned, never what a matter stands on."""

import threading

import pytest
from django.db import connection

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage
from matters.models import Matter, MatterUserObjectPermission
from privacy import mails as letters
from privacy.actions.reviews import asking, taking
from privacy.models import GroupReview, MatterReview, ReviewItem
from tests import factories, personas
from tests.access.world import wall_off
from tests.privacy.review_office import (
    DAY,
    NOW,
    asked_three_times,
    began,
    delivered,
    lawyer,
    mails,
    matter_of,
    opened,
    opening,
    review_of,
    say,
    sees,
    silent,
    states,
)

pytestmark = pytest.mark.django_db
GRACE = 14 * DAY


@pytest.fixture
def owner() -> User:
    began()
    return lawyer("Karin Vestergaard")


def written(kind: str, person: User) -> str:
    """The mail as it would go out now."""
    message = OutboxMessage.objects.filter(kind=f"privacy.{kind}", recipient_id=person.pk).latest("pk")
    with access.as_system("test"):
        rule = letters.outbox.kind_of(message.kind)
        assert rule.may_send(message)
        mail = rule.compose(message)
    return f"{mail.subject}\n{mail.text}"


def test_silence_removes_after_the_grace_and_not_a_day_before(owner: User) -> None:
    answered, silent_one = lawyer(), lawyer()
    group = personas.practice_group("Disputes", lawyer())
    matter = matter_of(owner, answered, silent_one, group)
    review = opened(matter)
    last = asked_three_times()
    say(owner, review, last, keep=[answered])
    assert silent(last + GRACE - DAY) == 0
    assert states(review)[silent_one.pk] == "open"
    silent(last + GRACE)
    assert states(review) == {answered.pk: "kept", silent_one.pk: "silence", -group.pk: "silence"}
    assert [sees(person, matter) for person in (owner, answered, silent_one)] == [True, True, False]
    review = review_of(matter)
    assert review.closed_at == last + GRACE
    assert review.record is not None
    assert [item["by"] for item in review.record["items"]] == [owner.pk, None, None]


def test_the_removed_and_the_owner_are_told_by_number(owner: User) -> None:
    member, in_group = lawyer("Erik Sandström"), lawyer()
    matter = matter_of(owner, member, personas.practice_group("Disputes", in_group))
    opened(matter)
    silent(asked_three_times() + GRACE)
    for kind, person in (("access_removed", member), ("access_removed", in_group), ("review_ended", owner)):
        text = written(kind, person)
        assert matter.number in text
        assert matter.title not in text
    assert len(mails("access_removed")) == 2 + len(removed_roles())


def removed_roles() -> list[int]:
    return list(GroupReview.objects.filter(items__state="silence").values_list("items__user", flat=True))


def test_whoever_stands_behind_a_wall_is_told_nothing(owner: User) -> None:
    member = lawyer()
    matter = matter_of(owner, member)
    opened(matter)
    last = asked_three_times()
    wall_off(matter, member)
    silent(last + GRACE)
    message = OutboxMessage.objects.get(kind="privacy.access_removed", recipient_id=member.pk)
    with access.as_system("test"), pytest.raises(letters.outbox.MayNot, match="settled"):
        letters.outbox.kind_of(message.kind).may_send(message)


def test_an_owner_walled_off_meanwhile_is_not_told_what_silence_removed(owner: User) -> None:
    member = lawyer()
    matter = matter_of(owner, member)
    opened(matter)
    silent(asked_three_times() + GRACE)
    assert matter.number in written("review_ended", owner)
    wall_off(matter, owner)
    message = OutboxMessage.objects.get(kind="privacy.review_ended", recipient_id=owner.pk)
    with access.as_system("test"), pytest.raises(letters.outbox.MayNot, match="settled"):
        letters.outbox.kind_of(message.kind).may_send(message)


def test_the_mail_that_asks_names_numbers_and_the_day(owner: User) -> None:
    matters = [matter_of(owner, lawyer()) for _ in range(2)]
    opening.open_due(now=NOW)
    asking.ask_due(now=NOW)
    text = written("review_asked", owner)
    assert "2 reviews wait for you" in text
    assert all(matter.number in text and matter.title not in text for matter in matters)
    assert "19 December 2026" in text.replace("Dec. 19, 2026", "19 December 2026")


@pytest.mark.parametrize("held", [1, 60])
def test_the_grace_counts_from_the_delivery_of_the_last_reminder(owner: User, held: int) -> None:
    """A mail server that was down over the holidays does not shorten the time to answer."""
    member = lawyer()
    review = opened(matter_of(owner, member))
    for days in (0, 7, 14):
        asking.ask_due(now=NOW + days * DAY)
    assert silent(NOW + 100 * DAY) == 0
    delivered(NOW + (100 + held) * DAY)
    assert silent(NOW + (100 + held) * DAY + GRACE - DAY) == 0
    silent(NOW + (100 + held) * DAY + GRACE)
    assert states(review) == {member.pk: "silence"}


def test_a_reminder_that_can_never_arrive_is_passed_on_and_removes_nobody(owner: User) -> None:
    member, manager = lawyer(), lawyer()
    officer = personas.user_for("data protection officer")
    matter = matter_of(owner, member, manager)
    factories.grant(matter, manager, "manage_matter")
    review = opened(matter)
    last = asked_three_times()
    OutboxMessage.objects.filter(recipient_id=owner.pk, dedupe=f"{last:%Y%m%d}").update(state="failed")
    silent(last + GRACE)
    assert set(states(review).values()) == {"open"}
    assert review_of(matter).escalated_at == last + GRACE
    assert {person for person, _state in mails("review_passed_on")} == {officer.pk, manager.pk}
    assert matter.number in written("review_passed_on", manager)


def test_an_owner_who_left_cannot_be_silent_so_that_others_are_told_at_once(owner: User) -> None:
    officer = personas.user_for("data protection officer")
    matter = matter_of(owner, lawyer())
    opened(matter)
    owner.is_active = False
    owner.save()
    asking.ask_due(now=NOW)
    assert review_of(matter).escalated_at == NOW
    assert officer.pk in {person for person, _state in mails("review_passed_on")}


def test_the_last_who_manages_is_passed_on_and_stays(owner: User) -> None:
    manager, reader = lawyer(), lawyer()
    matter = matter_of(owner, manager, reader)
    factories.grant(matter, manager, "manage_matter")
    review = opened(matter)
    last = asked_three_times()
    owner.is_active = False
    owner.save()
    silent(last + GRACE)
    assert states(review) == {manager.pk: "escalated", reader.pk: "silence"}
    assert sees(manager, matter)
    assert review_of(matter).closed_at is None
    assert silent(last + GRACE + DAY) == 0


def test_answered_in_time_nothing_is_removed(owner: User) -> None:
    member = lawyer()
    matter = matter_of(owner, member)
    review = opened(matter)
    last = asked_three_times()
    say(owner, review, keep=[member])
    silent(last + GRACE)
    assert sees(member, matter)
    assert [person for person, _state in mails("access_removed") if person == member.pk] == removed_roles_of(member)


def removed_roles_of(member: User) -> list[int]:
    return [pk for pk in removed_roles() if pk == member.pk]


def test_a_role_nobody_answers_for_is_taken_but_not_from_the_last(owner: User) -> None:
    administrators = [personas.user_for("administrator") for _ in range(3)]
    opening.open_due(now=NOW)
    silent(asked_three_times() + GRACE)
    review = GroupReview.objects.get(group__name="administrator")
    found = [str(item.state) for item in review.items.order_by("pk")]
    assert found == ["silence", "escalated", "escalated"]
    assert User.objects.filter(groups__name="administrator").count() == len(administrators) - 1


class Killed(BaseException):
    """The process dies between two rows."""


@pytest.fixture
def dies_at_second(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    seen: list[int] = []
    real = taking.take

    def take(item: ReviewItem, *args: object, **options: object) -> None:
        seen.append(item.pk)
        if len(seen) == 2:
            raise Killed
        real(item, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(taking, "take", take)
    return seen


@pytest.mark.django_db(transaction=True)
def test_silence_about_a_role_leaves_no_matter_without_a_manager(owner: User) -> None:
    """Nor anything that waits for somebody in the name of a person whose role is gone."""
    personas.user_for("administrator")
    managing, reading = lawyer(), lawyer()
    matter, other = matter_of(owner, reading), factories.matter(responsible=personas.user_for("partner"))
    factories.grant(other, managing, "manage_matter")
    opening.open_due(now=NOW)
    silent(asked_three_times() + GRACE)
    assert (managers(matter), managers(other)) == ({owner.pk}, {managing.pk})
    review = GroupReview.objects.get(group__name="lawyer")
    found = dict(review.items.values_list("user_id", "state"))
    assert found == {owner.pk: "escalated", managing.pk: "escalated", reading.pk: "silence"}


def managers(matter: Matter) -> set[int]:
    rows = MatterUserObjectPermission.objects.filter(content_object=matter, permission__codename="manage_matter")
    with access.as_system("test"):
        return set(rows.values_list("user_id", flat=True))


def test_a_run_killed_between_two_rows_is_finished_by_the_next_and_tells_once(
    owner: User, dies_at_second: list[int]
) -> None:
    members = [lawyer(), lawyer()]
    matter = matter_of(owner, *members)
    GroupReview.objects.all().delete()
    review = opened(matter)
    last = asked_three_times()
    with pytest.raises(Killed):
        silent(last + GRACE)
    assert set(states(review).values()) == {"open"}
    assert (mails("access_removed"), all(sees(member, matter) for member in members)) == ([], True)
    silent(last + GRACE)
    assert set(states(review).values()) == {"silence"}
    assert [person for person, _state in mails("access_removed") if person == members[0].pk] == [members[0].pk]


@pytest.mark.django_db(transaction=True)
def test_several_runs_at_once_remove_open_and_ask_once(owner: User) -> None:
    matters = [matter_of(owner, lawyer()) for _ in range(8)]
    _at_once(lambda: opening.open_due(now=NOW))
    with access.as_system("test"):
        assert MatterReview.objects.count() == len(matters)
    for days in (0, 7, 14):
        _at_once(lambda days=days: asking.ask_due(now=NOW + days * DAY))  # type: ignore[misc]
        delivered(NOW + days * DAY)
    assert mails("review_asked") == [(owner.pk, "sent")] * 3
    counts = _at_once(lambda: silent(NOW + 14 * DAY + GRACE))
    with access.as_system("test"):
        assert MatterReview.objects.filter(closed_at=None).count() == 0
        assert audit.verify() == []
    assert sum(counts) - GroupReview.objects.filter(closed_at__isnull=False).count() >= len(matters)


def _at_once(work: object) -> list[int]:
    barrier, done = threading.Barrier(4), []

    def go() -> None:
        barrier.wait()
        try:
            done.append(work())  # type: ignore[operator]
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4, "no run failed"
    return done


def test_a_matter_erased_meanwhile_takes_its_review_along(owner: User) -> None:
    from privacy.actions import erasure

    matter = matter_of(owner, lawyer())
    opened(matter)
    last = asked_three_times()
    with access.as_system("retention"):
        erasure.erase_matter(Matter.objects.get(pk=matter.pk), actor_id=None)
    silent(last + GRACE)
    with access.as_system("test"):
        assert not MatterReview.objects.exists()
