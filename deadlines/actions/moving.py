"""A deadline gets another date, whatever the cause."""

from datetime import date, datetime, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deadlines.actions.reminding import make_reminders, settle_reminders
from deadlines.models import Deadline
from lawcrm.accounts.models import User


def set_date(*, actor: User, deadline: Deadline, due_on: date, due_time: time | None, now: datetime) -> None:
    """A new date is a new entry: who says it answers for it, somebody else confirms it, reminders are made anew."""
    if deadline.trace and due_on != deadline.due_on:
        # What was computed leads to the date before; the reading that was disputed with it falls away.
        line = {"left": date_format(due_on, "j M Y, D"), "right": _("moved; the reason stands in the journal")}
        deadline.trace, deadline.latest_on = [*deadline.trace, line], None
    deadline.due_on, deadline.due_time = due_on, due_time
    deadline.confirmed_by = deadline.confirmed_at = None
    deadline.entered_by, deadline.entered_at = actor, now
    deadline.save()
    settle_reminders(deadline, "moved")
    make_reminders(deadline, now)
