"""Questions that come with the product, and those that people kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import User
from lawcrm.models import LogQuestion
from lawcrm.review.asking import Asked
from lawcrm.review.kinds import Part

PERIODS: dict[str, str | Promise] = {
    "7": _("The last 7 days"),
    "30": _("The last 30 days"),
    "90": _("The last 90 days"),
    "month": _("This month"),
    "last_month": _("Last month"),
    "between": _("Between two days"),
}


@dataclass(frozen=True)
class Ready:
    """A question everybody asks; `why` says what a reviewer looks for in its answer."""

    name: str | Promise
    why: str | Promise
    parts: tuple[Part, ...]
    out_of_hours: bool = False

    def asked(self, since: date, until: date) -> Asked:
        return Asked(since=since, until=until, parts=frozenset(self.parts), out_of_hours=self.out_of_hours)


READY: dict[str, Ready] = {
    "refused": Ready(
        _("Refused attempts"),
        _("Does somebody try again and again, or where they have no business?"),
        (Part.REFUSED,),
    ),
    "glass": Ready(_("Break-glass"), _("Was each of them needed, and what was read while it was open?"), (Part.GLASS,)),
    "exports": Ready(
        _("Exports and downloads"), _("Who took data out of the house, how much, and for what?"), (Part.EXPORT,)
    ),
    "sealed": Ready(
        _("Confidential parts"), _("Did those who opened sealed data of a person work for that person?"), (Part.SEALED,)
    ),
    "walls": Ready(
        _("Walls"), _("Who raised and lowered walls, and does each one still stand that should?"), (Part.WALL,)
    ),
    "rights": Ready(
        _("Rights given and taken"), _("Has everybody what they need and nothing from an earlier job?"), (Part.RIGHT,)
    ),
    "resets": Ready(
        _("Passwords and second factors"), _("Does every reset belong to somebody who asked for it?"), (Part.RESET,)
    ),
    "accounts": Ready(_("Accounts"), _("Did those who left lose their access on the day?"), (Part.ACCOUNT,)),
    "out_of_hours": Ready(
        _("Read at night or on a weekend"),
        _("Is there somebody who never works at such hours?"),
        (Part.READING, Part.SEALED, Part.EXPORT),
        out_of_hours=True,
    ),
    "erasure": Ready(_("Holds, restriction and erasure"), _("Did two people decide on each erasure?"), (Part.ERASURE,)),
}


def days_of(period: str, today: date, since: date | None = None, until: date | None = None) -> tuple[date, date]:
    """First and last day of a period; "between" needs the days."""
    if period == "between" and since and until:
        return since, until
    first = today.replace(day=1)
    if period == "month":
        return first, today
    if period == "last_month":
        before = first - timedelta(days=1)
        return before.replace(day=1), before
    return today - timedelta(days=int(period if period.isdecimal() else "7") - 1), today


def kept_for(person: User) -> QuerySet[LogQuestion]:
    """One's own questions and those shared in the firm."""
    return LogQuestion.objects.filter(Q(owner=person) | Q(is_shared=True)).order_by("name", "pk")


def asked_of(kept: LogQuestion, today: date) -> Asked:
    since, until = days_of(kept.period, today, kept.since, kept.until)
    return _asked(kept, since, until)


def _asked(kept: LogQuestion, since: date, until: date) -> Asked:
    return Asked(
        since=since,
        until=until,
        person=kept.person_id,
        matter=kept.matter_id,
        parts=frozenset(kept.parts),
        out_of_hours=kept.out_of_hours,
    )


def monthly(since: date, until: date) -> Iterable[tuple[str, str, Asked]]:
    """Code, name and question for a month: all ready ones, then those shared in the firm."""
    for code, ready in READY.items():
        yield code, str(ready.name), ready.asked(since, until)
    for kept in LogQuestion.objects.filter(is_shared=True).order_by("pk"):
        yield str(kept.public_id), kept.name, _asked(kept, since, until)


def chips(person: User, here: str) -> list[dict[str, Any]]:
    ready = [(reverse("review:ready", args=[code]), question.name) for code, question in READY.items()]
    kept = [(reverse("review:kept", args=[question.public_id]), question.name) for question in kept_for(person)]
    return [{"url": url, "label": label, "current": url == here} for url, label in (*ready, *kept)]
