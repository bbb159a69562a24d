"""Answering an access review: each row once, some now and the rest later, removals checked again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.audit.attempts import code_of
from matters.models.levels import Level
from matters.queries.team import holders_of, level_among
from privacy.actions.reviews import closing, refused, taking
from privacy.models import MatterReview, Review, ReviewItem
from privacy.queries import reviewing

State = ReviewItem.State


@dataclass(frozen=True)
class Answer:
    """What somebody says about one row, and whether they were shown it as unused."""

    item_id: int
    keep: bool
    reason: str = ""
    unused: bool = False


@dataclass
class Outcome:
    """What became of the answers; what was refused stays open, with a sentence by row."""

    taken: int = 0
    gone: int = 0
    closed: bool = False
    refused: dict[int, str] = field(default_factory=dict)
    words: list[tuple[str, str]] = field(default_factory=list)  # refusals by the matter's number, of several reviews


def answer_all(*, actor: User, given: Iterable[tuple[MatterReview, list[Answer]]], now: datetime) -> Outcome:
    """Each review in a transaction of its own: what one refuses does not keep the others from being answered."""
    together = Outcome()
    for review, answers in given:
        try:
            one = answer(actor=actor, review=review, answers=answers, now=now)
        except refused.ReviewRefused as refusal:
            together.words.append((review.matter.number, str(refusal)))
            continue
        together.taken, together.gone = together.taken + one.taken, together.gone + one.gone
        together.refused |= one.refused
        together.words += [(review.matter.number, words) for words in dict.fromkeys(one.refused.values())]
    return together


@audit.attempt("access_review.answered", on="review")
def answer(*, actor: User, review: Review, answers: Iterable[Answer], now: datetime) -> Outcome:
    """Raises ReviewClosed and NotYours; a single row that cannot be answered stays open and says why."""
    review = _locked(review)
    if review.is_closed:
        raise refused.ReviewClosed
    if not may_answer(actor, review):
        raise refused.NotYours
    desk = _Desk(actor, review, reviewing.principals_with_access(review), now)
    items = {item.pk: item for item in _items(review)}
    for given in answers:
        if (item := items.get(given.item_id)) is not None:
            desk.take(item, given)
    desk.outcome.closed = closing.close_if_done(review, now=now)
    return desk.outcome


def may_answer(actor: User, review: Review) -> bool:
    """The owner; once it was passed on, whoever manages the matter. Asked again at every answer."""
    if not isinstance(review, MatterReview):
        return reviewing.keepers_of(review.group).filter(pk=actor.pk).exists()  # type: ignore[attr-defined]
    return manages(review) and (review.owner_id == actor.pk or review.escalated_at is not None)


def manages(review: MatterReview) -> bool:
    """Whether the viewer manages the matter."""
    level = level_among(holders_of(review.matter), access.required())
    return level is not None and level.reaches(Level.MANAGE)


def _locked(review: Review) -> Review:
    model: Any = type(review)
    return model.objects.select_for_update(of=("self",)).get(pk=review.pk)  # type: ignore[no-any-return]


def _items(review: Any) -> list[Any]:
    related = ["user", "answered_by", *(["group"] if isinstance(review, MatterReview) else [])]
    return list(review.items.select_related(*related).order_by("pk"))


@dataclass
class _Desk:
    """One sitting: who answers about what, and who has access at this moment."""

    actor: User
    review: Review
    held: set[int]
    now: datetime
    outcome: Outcome = field(default_factory=Outcome)

    def take(self, item: Any, given: Answer) -> None:
        try:
            state = self._decided(item, given)
        except audit.Refused as refusal:
            self._refuse(item, refusal)
            return
        item.state, item.answered_by, item.answered_at = state, self.actor, self.now
        item.reason, item.unused = given.reason, given.unused
        item.save()
        self.outcome.taken += state != State.GONE
        self.outcome.gone += state == State.GONE

    def _refuse(self, item: Any, refusal: audit.Refused) -> None:
        """The actions that remove have kept their own refusals in the journal."""
        self.outcome.refused[item.pk] = str(refusal)
        if isinstance(refusal, refused.ReviewRefused):
            code = code_of(type(refusal))
            audit.record("access_review.row_refused", self.review, refusal=code, item_id=item.pk)

    def _decided(self, item: Any, given: Answer) -> State:
        """Raises audit.Refused, those of the actions that remove included."""
        if not item.is_open:
            raise refused.AlreadyAnswered(item.answered_by.full_name if item.answered_by else "")
        if item.user_id == self.actor.pk:
            raise refused.AboutYourself
        if item.principal not in self.held:
            return State.GONE
        if not given.keep:
            return self._removed(item, given.reason)
        if item.user is not None and not item.user.is_active:
            raise refused.AccountEnded
        return State.KEPT

    def _removed(self, item: Any, reason: str) -> State:
        if not reason.strip():
            raise refused.ReasonMissing
        taking.take(item, self.review, actor=self.actor, reason=reason, now=self.now)
        return State.REMOVED
