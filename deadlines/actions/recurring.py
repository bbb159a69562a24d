"""Follow-ups that come again: doing one makes the next, striking one ends the series."""

from datetime import date, datetime
from uuid import uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines import ladder, recurrence
from deadlines.actions.reminding import make_reminders, settle_reminders
from deadlines.models import Deadline, Series
from deadlines.queries.working_days import WorkingDays
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused
from matters.models import Matter

CARRIED = (
    *("matter", "sealed_for", "kind", "criticality", "title", "due_time", "time_zone", "note"),
    *("assignee", "group", "deputy", "series", "entered_by", "confirmed_by", "confirmed_at"),
)


class NoSuchRule(Refused):
    def __init__(self) -> None:
        super().__init__(_("Say how often it comes again: every so many days, weeks or months, 365 at most."))


def begin(*, actor: User, matter: Matter, rule: str, starts_on: date) -> Series:
    try:
        recurrence.parts_of(rule)
    except recurrence.NotARule:
        raise NoSuchRule from None
    return Series.objects.create(matter=matter, rule=rule, starts_on=starts_on, made_by=actor)


def moved_off(matter: Matter, day: date) -> date:
    """A follow-up on a day on which the office is closed is looked at on the next one on which it is not."""
    return ladder.next_working_day(day, WorkingDays().of(matter))


def continue_after(done: Deadline, now: datetime) -> Deadline | None:
    """The next one, in the transaction that does this one; (series, day) is unique, so there is never a second.

    It follows from what two people answered for, so it is entered and confirmed by the same. What was missed
    is not made up for: the next one lies after today.
    """
    if done.series_id is None:
        return None
    series = Series.objects.select_for_update(of=("self",), no_key=True).get(pk=done.series_id)
    last = max(done.occurs_on or done.due_on, done.due_on, timezone.localdate(now))
    day = None if series.ended_at else recurrence.next_after(series.rule, series.starts_on, last)
    if day is None:
        return None
    following = Deadline(**{name: getattr(done, name) for name in CARRIED}, entered_at=now, occurs_on=day)
    following.public_id = uuid5(series.public_id, day.isoformat())
    following.due_on = moved_off(done.matter, day)
    following.save()
    make_reminders(following, now)
    audit.record("deadline.came_again", following, due_on=following.due_on)
    return following


def end_series(struck: Deadline, now: datetime) -> None:
    if struck.series_id is None:
        return
    series = Series.objects.select_for_update(of=("self",), no_key=True).get(pk=struck.series_id)
    if series.ended_at is None:
        series.ended_at = now
        series.save()
        audit.record("deadline.series_ended", struck)


def end_with(matter: Matter, actor_id: int | None, now: datetime) -> None:
    """A closed matter is followed up no more: what is open of a series is struck with it."""
    going_on = Deadline.objects.filter(matter=matter, state=Deadline.State.OPEN, series__isnull=False)
    for follow_up in going_on.select_for_update(of=("self",), no_key=True):
        follow_up.state, follow_up.ended_by_id, follow_up.ended_at = Deadline.State.STRUCK, actor_id, now
        follow_up.ended_reason = _("The matter was closed.")
        follow_up.save()
        settle_reminders(follow_up, "struck")
        end_series(follow_up, now)
        audit.record("deadline.struck", follow_up, reason=follow_up.ended_reason)
