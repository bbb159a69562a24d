"""A deadline gets another date, whatever the cause."""

from datetime import date, datetime, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deadlines.actions import renewing
from deadlines.actions.reminding import make_reminders, settle_reminders
from deadlines.models import Deadline
from lawcrm.accounts.models import User


def set_date(  # noqa: PLR0913 - what a date is set with
    *,
    actor: User,
    deadline: Deadline,
    due_on: date,
    due_time: time | None,
    now: datetime,
    trace: list[dict[str, str]] | None = None,
) -> None:
    """A new date is a new entry: who says it answers for it, somebody else confirms it, reminders are made anew.

    `trace` is the arithmetic that leads to it, for a date that was computed. Its pre-deadline, for which another
    date is then proposed as well, is renewed only where it would lie after its deadline.
    """
    before, by_hand = deadline.due_on, trace is None
    if trace is not None:
        deadline.trace = trace
    elif deadline.trace and due_on != deadline.due_on:
        # What was computed leads to the date before; the reading that was disputed with it falls away.
        line = {"left": date_format(due_on, "j M Y, D"), "right": _("moved; the reason stands in the journal")}
        deadline.trace, deadline.latest_on = [*deadline.trace, line], None
    deadline.due_on, deadline.due_time = due_on, due_time
    deadline.confirmed_by = deadline.confirmed_at = None
    deadline.entered_by, deadline.entered_at = actor, now
    deadline.save()
    remind_anew(deadline, now)
    if due_on != before:
        renewing.renew(actor=actor, deadline=deadline, before=before, now=now, only_if_late=not by_hand)


def remind_anew(deadline: Deadline, now: datetime) -> None:
    settle_reminders(deadline, "moved")
    make_reminders(deadline, now)
