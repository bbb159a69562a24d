"""The monthly review: figures frozen per question, looked at by the officer, and signed."""

import calendar
import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry, LogReview, LogReviewAnswer
from lawcrm.review import asking, questions, volume

Finding = LogReviewAnswer.Finding
VOLUME = "volume"
REMIND_AFTER = 10  # the day of the month after which last month's review is late


class MonthNotOver(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("A month is reviewed when it is over."))


class AlreadyMade(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("The review of this month was begun already. Its figures stay as they are."))


class AlreadySigned(audit.Refused):
    def __init__(self) -> None:
        super().__init__(
            _("This review is signed. What was signed is not changed; note it in the next month's review.")
        )


class NotAllAnswered(audit.Refused):
    def __init__(self, open_ones: int) -> None:
        super().__init__(
            _("Questions still to be looked at: %(many)d. Then the review can be signed.") % {"many": open_ones}
        )


class CommentMissing(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("Say what you found or did."))


def last_month(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def days_of(month: date) -> tuple[date, date]:
    return month, month.replace(day=calendar.monthrange(month.year, month.month)[1])


@audit.attempt("log_review.made")
def make_review(*, actor: User, month: date, now: datetime) -> LogReview:
    """Freeze the figures of a month that is over: how many entries answer each question, and which."""
    month = month.replace(day=1)
    since, until = days_of(month)
    if until >= timezone.localdate(now):
        raise MonthNotOver
    review, made = LogReview.objects.get_or_create(month=month, defaults={"made_by": actor, "made_at": now})
    if not made:
        raise AlreadyMade
    with access.as_system("figures of a review"):
        volume.count_readings()
        answers = [_frozen(review, *figures) for figures in _figures(since, until)]
    audit.bulk_create(LogReviewAnswer, answers)
    audit.record("log_review.made", review, month=month, questions=len(answers))
    return review


def _figures(since: date, until: date) -> Iterator[tuple[str, str, list[str]]]:
    for code, name, asked in questions.monthly(since, until):
        yield code, name, list(entries_of(asked))
    unusual = [day for reader in volume.volume(since, until).readers for day in reader.unusual]
    yield VOLUME, _("Days of unusually much reading"), sorted(f"{day.user_id}:{day.day}" for day in unusual)


def entries_of(asked: asking.Asked) -> Iterator[str]:
    """The numbers of all entries that answer, in an order of their own."""
    for place, rows in enumerate(asking.sources(asked)):
        if rows is not None:
            for pk in rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000):
                yield f"{place}:{pk}"


def _frozen(review: LogReview, code: str, name: str, entries: list[str]) -> LogReviewAnswer:
    digest = hashlib.sha256("\n".join(entries).encode()).hexdigest()
    return LogReviewAnswer(review=review, question=code, name=name[:100], count=len(entries), entries_sha256=digest)


@audit.attempt("log_review.answered", on="answer")
def answer(*, actor: User, answer: LogReviewAnswer, finding: str, comment: str, now: datetime) -> None:
    """Note what was found; what is more than nothing is said in words."""
    _open(answer.review_id)
    if finding != Finding.NOTHING and not comment.strip():
        raise CommentMissing
    answer = LogReviewAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    answer.finding, answer.comment = finding, comment.strip()
    answer.answered_by, answer.answered_at = actor, now
    answer.save()
    audit.record("log_review.answered", answer, finding=finding)


@audit.attempt("log_review.signed", on="review")
def sign(*, actor: User, review: LogReview, now: datetime) -> str:
    """Freeze the review under the officer's name; answers the hash that stands in the journal from now on."""
    review = _open(review.pk)
    answers = list(answers_of(review))
    if open_ones := sum(not answer.finding for answer in answers):
        raise NotAllAnswered(open_ones)
    review.record = _record(review, answers, actor, now)
    review.signed_by, review.signed_at = actor, now
    review.save()
    return audit.sign(review, month=review.month)


def _open(review_id: int) -> LogReview:
    review = LogReview.objects.select_for_update(of=("self",)).get(pk=review_id)
    if review.is_signed:
        raise AlreadySigned
    return review


def answers_of(review: LogReview) -> Any:
    return LogReviewAnswer.objects.filter(review=review).select_related("answered_by").order_by("pk")


def _record(review: LogReview, answers: list[LogReviewAnswer], actor: User, now: datetime) -> dict[str, Any]:
    return {
        "month": f"{review.month:%Y-%m}",
        "figures_of": review.made_at.isoformat(),
        "signed_by": actor.full_name,
        "signed_by_id": str(actor.public_id),
        "signed_at": now.isoformat(),
        "answers": [
            {
                "question": answer.question,
                "name": answer.name,
                "count": answer.count,
                "entries_sha256": answer.entries_sha256,
                "finding": answer.finding,
                "comment": answer.comment,
                "by": answer.answered_by.full_name if answer.answered_by else "",
            }
            for answer in answers
        ],
    }


def unsigned(today: date) -> list[date]:
    """Months that are over and of which something stands in the journal, signed by nobody; the oldest first."""
    first = JournalEntry.objects.order_by("pk").values_list("at", flat=True).first()
    if first is None:
        return []
    signed = set(LogReview.objects.filter(signed_at__isnull=False).values_list("month", flat=True))
    month, found = timezone.localdate(first).replace(day=1), []
    while month < today.replace(day=1):
        if month not in signed:
            found.append(month)
        month = after(month)
    return found


def after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def late(today: date) -> list[date]:
    """A month's review should be signed by the tenth of the next; one that was missed stays late until it is."""
    return [month for month in unsigned(today) if (today - after(month)).days >= REMIND_AFTER]
