"""Mails about access reviews: numbers of matters, names of roles and days; written as they are sent."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from lawcrm import access, outbox
from lawcrm.accounts.models import User
from lawcrm.accounts.notices import reader_of
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.firm import Firm
from lawcrm.models.outbox import OutboxMessage
from privacy.actions.reviews.telling import ENDED, PASSED_ON, REMOVED
from privacy.models import GroupReview, GroupReviewItem, MatterReview, MatterReviewItem, ReviewItem
from privacy.queries import reviewing

NAMED = 30  # so many stand in a mail by number
type Facts = Callable[[User, datetime | None], dict[str, Any]]


def register() -> None:
    """A reminder sent twice is better than one that is lost."""
    for kind, name, facts in (
        (reviewing.ASKED, "asked", asked),
        (ENDED, "ended", ended),
        (REMOVED, "removed", removed),
        (PASSED_ON, "passed_on", passed_on),
    ):
        outbox.kind(kind, policy=outbox.RESEND, compose=_composing(name, facts), may_send=_asking(facts))


def asked(person: User, _run: datetime | None) -> dict[str, Any]:
    """What waits for this person now, as far as they see it."""
    groups = list(GroupReview.objects.filter(closed_at=None, asked__contains=[person.pk]).select_related("group"))
    with access.as_user(person, source="job"):
        waiting = MatterReview.objects.filter(owner=person, closed_at=None)
        matters = list(waiting.select_related("matter").defer("matter__summary"))
    names = [*(review.matter.number for review in matters), *(review.group.name for review in groups)]
    rules = reviewing.rules()
    days = [review.answer_by(rules) for review in (*matters, *groups)]
    return _things(names) | {"by": min(days, default=None)}


def ended(person: User, run: datetime | None) -> dict[str, Any]:
    """What silence removed from the reviews this person was asked about, but behind a wall nothing of that matter."""
    gone = {"answered_at": run, "state": ReviewItem.State.SILENCE, "review__asked__contains": [person.pk]}
    items = MatterReviewItem.objects.filter(**gone).exclude(matter__deny__overlap=_principals(person))
    matters = items.values_list("matter__number", flat=True)
    groups = GroupReviewItem.objects.filter(**gone).values_list("review__group__name", flat=True)
    return _things([*matters, *groups])


def removed(person: User, run: datetime | None) -> dict[str, Any]:
    """What this person lost. One who stands behind a wall is told nothing about that matter."""
    mine = {"answered_at": run, "state": ReviewItem.State.SILENCE}
    items = MatterReviewItem.objects.filter(**mine)
    items = items.filter(user=person) | items.filter(group__in=person.groups.all())
    matters = items.exclude(matter__deny__overlap=_principals(person)).values_list("matter__number", flat=True)
    roles = GroupReviewItem.objects.filter(user=person, **mine).values_list("review__group__name", flat=True)
    return _things([*matters, *roles])


def passed_on(person: User, run: datetime | None) -> dict[str, Any]:
    """Officers hear numbers of matters, those who manage a matter only of what they manage."""
    reviews = MatterReview.objects.filter(escalated_at=run, closed_at=None)
    groups = GroupReview.objects.filter(escalated_at=run, closed_at=None)
    oversees = "privacy.oversee_reviews" in person.role_permissions()
    if not oversees:
        with access.as_user(person, source="job"):
            numbers = list(reviews.values_list("matter__number", flat=True))
        return _things(numbers)
    matters = reviews.exclude(matter__deny__overlap=_principals(person)).values_list("matter__number", flat=True)
    return _things([*matters, *groups.values_list("group__name", flat=True)])


def _principals(person: User) -> list[int]:
    """Those a wall can name, whatever the person may see."""
    return [person.pk, *(-pk for pk in person.groups.values_list("pk", flat=True))]


def _things(names: list[str]) -> dict[str, Any]:
    found = sorted(set(names))
    return {"count": len(found), "things": found[:NAMED], "more": len(found) - len(found[:NAMED])}


def _run_of(message: OutboxMessage) -> datetime | None:
    _day, dot, _time = message.dedupe.partition(".")
    return datetime.strptime(message.dedupe, "%Y%m%d.%H%M%S").replace(tzinfo=UTC) if dot else None


def _asking(facts: Facts) -> Callable[[OutboxMessage], bool]:
    def may_send(message: OutboxMessage) -> bool:
        person = reader_of(message)
        if person is None:
            raise outbox.MayNot("not-at-work")
        if not facts(person, _run_of(message))["count"]:
            raise outbox.MayNot("settled")
        return True

    return may_send


def _composing(name: str, facts: Facts) -> Callable[[OutboxMessage], Mail]:
    def compose(message: OutboxMessage) -> Mail:
        person = User.objects.get(pk=message.recipient_id)
        said = facts(person, _run_of(message))
        context = {"firm": Firm.known_name(), "person": person.full_name, "url": _address(person), **said}
        with translation.override(person.interface_language):
            text = render_to_string(f"mail/privacy/{name}.txt", context)
        subject, _blank, body = text.strip().partition("\n")
        return Mail(to=person.email, to_name=person.full_name, subject=subject.strip(), text=body.strip() + "\n")

    return compose


def _address(person: User) -> str:
    page = "privacy:reviews" if "matters.grant_access" in person.role_permissions() else "privacy:group_reviews"
    return settings.SITE_URL + reverse(page)
