"""Deadlines as a calendar to subscribe to (RFC 5545, RFC 7986)."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from deadlines.models import Deadline
from deadlines.queries.feeds import Shown

EVERY = timedelta(minutes=15)

type Address = Callable[[Deadline], str]


def calendar_of(shown: Iterable[Shown], address: Address, *, with_titles: bool) -> bytes:
    """The same deadlines give the same bytes: nothing in it depends on when it is asked for."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//LawCRM//Deadlines//EN")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, _("Deadlines"))
    calendar.add("refresh-interval", EVERY, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", EVERY, parameters={"value": "DURATION"})
    for one in shown:
        calendar.add_component(event_of(one, address, with_titles=with_titles))
    content: bytes = calendar.to_ical()
    return content


def event_of(shown: Shown, address: Address, *, with_titles: bool) -> Event:
    """A whole day that keeps nobody from other appointments, without an alarm: the reminders are ours."""
    deadline = shown.deadline
    event = Event()
    event.add("uid", str(deadline.public_id))
    event.add("dtstamp", shown.changed_at.astimezone(UTC))
    event.add("last-modified", shown.changed_at.astimezone(UTC))
    event.add("sequence", shown.revision)
    event.add("dtstart", day_of(deadline))
    event.add("dtend", day_of(deadline) + timedelta(days=1))
    event.add("summary", summary_of(deadline, with_titles=with_titles))
    event.add("status", status_of(deadline))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    event.add("url", address(deadline))
    return event


def day_of(deadline: Deadline) -> date:
    """The earlier of its date and one that is proposed, as long as it is open."""
    return deadline.reminds_by if deadline.state == Deadline.State.OPEN else deadline.due_on


def summary_of(deadline: Deadline, *, with_titles: bool) -> str:
    """Kind, hour, number and the other of two dates; what must be done, which names people, for who chose it."""
    hour = f" {deadline.due_time:%H:%M}" if deadline.due_time else ""
    words = f"{deadline.get_kind_display()}{hour} · {deadline.matter.number}{_other_date(deadline)}"
    return f"{words} · {deadline.title}" if with_titles else words


def _other_date(deadline: Deadline) -> str:
    if deadline.state != Deadline.State.OPEN or deadline.proposed_on is None:
        return ""
    if deadline.proposed_on < deadline.due_on:
        words = _("proposed date, in the book %(day)s") % {"day": date_format(deadline.due_on, "j M Y")}
    else:
        hour = f", {deadline.proposed_time:%H:%M}" if deadline.proposed_time else ""
        words = _("proposed %(day)s") % {"day": date_format(deadline.proposed_on, "j M Y") + hour}
    return f" · {words}"


def status_of(deadline: Deadline) -> str:
    """RFC 5545, 3.8.1.11: what waits for a second person, or stands on a proposed date, is tentative."""
    if deadline.awaits_check:
        return "TENTATIVE"
    if deadline.state != Deadline.State.OPEN:
        return "CANCELLED"
    return "CONFIRMED" if deadline.is_confirmed and day_of(deadline) == deadline.due_on else "TENTATIVE"
