"""A firm with matters whose access is reviewed, and the days that pass."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import ReadEntry
from lawcrm.models.outbox import OutboxMessage
from matters.models import Matter
from matters.models.levels import Level
from privacy.actions.reviews import answering, asking, opening, silence
from privacy.models import MatterReview, MatterReviewItem, ReviewRules
from tests import factories, personas

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BEGAN = date(2025, 1, 1)  # long before: every matter's latest day counts
Answer = answering.Answer


def began(on: date = BEGAN, **values: int) -> ReviewRules:
    with access.as_system("test"):
        from django.db import transaction

        with transaction.atomic():
            return ReviewRules.objects.create(pk=1, began_on=on, **values)


def matter_of(owner: User, *others: User | Group, opened_on: date = BEGAN) -> Matter:
    """The owner manages, the others read."""
    matter = factories.matter(responsible=owner, opened_on=opened_on)
    for level in Level:
        factories.grant(matter, owner, level)
    for other in others:
        factories.grant(matter, other)
    return matter


def read(matter: Matter, who: User, at: datetime, **other: Any) -> None:
    facts = {"object_type": "matters.matter", "object_id": matter.pk, "what": "page", **other}
    with access.as_system("test"):
        ReadEntry.objects.create(user_id=who.pk, matter_id=matter.pk, at=at, **facts)


def opened(matter: Matter, now: datetime = NOW) -> MatterReview:
    opening.open_due(now=now)
    return review_of(matter)


def review_of(matter: Matter) -> MatterReview:
    with access.as_system("test"):
        return MatterReview.objects.select_related("matter", "owner").filter(matter=matter).latest("opened_at", "pk")


def items_of(review: MatterReview) -> dict[int, MatterReviewItem]:
    """By principal: people positive, groups negative."""
    with access.as_system("test"):
        return {item.principal: item for item in MatterReviewItem.objects.filter(review=review)}


def states(review: MatterReview) -> dict[int, str]:
    return {principal: str(item.state) for principal, item in items_of(review).items()}


def say(actor: User, review: MatterReview, now: datetime = NOW, **said: Iterable[User]) -> answering.Outcome:
    """`say(owner, review, keep=[a], remove=[b])`, as that person."""
    items = items_of(review)
    answers = [Answer(items[who.pk].pk, keep=True) for who in said.get("keep", ())]
    answers += [Answer(items[who.pk].pk, keep=False, reason="Left the team") for who in said.get("remove", ())]
    with access.as_user(actor):
        return answering.answer(actor=actor, review=review, answers=answers, now=now)


def delivered(at: datetime) -> int:
    """The post office did its work: everything queued until then arrived."""
    queued = OutboxMessage.objects.filter(state=OutboxMessage.State.QUEUED, not_before__lte=at)
    return queued.update(state=OutboxMessage.State.SENT, sent_at=at)


def asked_three_times(start: datetime = NOW) -> datetime:
    """Answers when the last reminder was delivered."""
    for days in (0, 7, 14):
        asking.ask_due(now=start + days * DAY)
        delivered(start + days * DAY)
    return start + 14 * DAY


def silent(now: datetime) -> int:
    return silence.end_silence(now=now)


def sees(who: User, matter: Matter) -> bool:
    with access.as_user(User.objects.get(pk=who.pk)):
        return Matter.objects.filter(pk=matter.pk).exists()


def lawyer(name: str = "Ida Berg") -> User:
    return personas.user_for("lawyer", full_name=name)


def mails(kind: str) -> list[tuple[int, str]]:
    """Recipient and state of each mail of a kind."""
    rows = OutboxMessage.objects.filter(kind=f"privacy.{kind}").order_by("recipient_id", "pk")
    return list(rows.values_list("recipient_id", "state"))
