"""A deadline in words: its arithmetic, its journal."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines.models import Deadline, Reminder
from deadlines.queries import computing
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from lawcrm.review import kinds

Mail = OutboxMessage.State

WORDS = {
    "deadline.entered": gettext_lazy("Deadline entered"),
    "deadline.came_again": gettext_lazy("Came again: the one before was done"),
    "deadline.series_ended": gettext_lazy("Comes again no more"),
    "plan.used": gettext_lazy("Plan used"),
    "plan.declined": gettext_lazy("Plan declined"),
    "deadline.confirmed": gettext_lazy("Deadline confirmed"),
    "deadline.moved": gettext_lazy("Deadline moved"),
    "deadline.passed_on": gettext_lazy("Deadline passed on"),
    "deadline.done": gettext_lazy("Deadline met"),
    "deadline.acknowledged": gettext_lazy("Reminder acknowledged"),
    "deadline.checked": gettext_lazy("Checked that the deadline was met"),
    "deadline.reopened": gettext_lazy("Deadline not met after all, open again"),
    "deadline.extension_asked": gettext_lazy("Extension asked for"),
    "deadline.extension_granted": gettext_lazy("Extension granted"),
    "deadline.extension_declined": gettext_lazy("Extension declined"),
    "deadline.trigger_changed": gettext_lazy("Trigger changed"),
    "deadline.date_proposed": gettext_lazy("Another date proposed"),
    "deadline.proposal_accepted": gettext_lazy("Proposed date accepted"),
    "deadline.proposal_declined": gettext_lazy("Proposed date declined"),
    "deadline.proposal_lapsed": gettext_lazy("Proposed date overtaken"),
    "deadline.struck": gettext_lazy("Deadline struck"),
    "deadline.became_task": gettext_lazy("Deadline made a task"),
    "task.became_deadline": gettext_lazy("Task made a deadline"),
    "task.added": gettext_lazy("Task added"),
    "task.passed_on": gettext_lazy("Task passed on"),
    "task.done": gettext_lazy("Task done"),
    "task.reopened": gettext_lazy("Task reopened"),
}
KINDS = {"deadline.confirmed": "ok", "deadline.done": "ok", "deadline.moved": "warn", "deadline.struck": "warn"}
KINDS |= {"deadline.date_proposed": "warn", "deadline.proposal_accepted": "warn", "deadline.trigger_changed": "warn"}
KINDS |= {"deadline.checked": "ok", "deadline.reopened": "warn", "deadline.extension_granted": "warn"}


def arithmetic(deadline: Deadline, told: list[Reminder], now: datetime) -> list[dict[str, Any]]:
    """From what set it off to the date and the next reminder, line by line."""
    lines = []
    if deadline.trigger_on:
        label = deadline.trigger_label or _("what set it off")
        lines.append({"left": computing.when(deadline.trigger_on, deadline.trigger_time), "right": label})
    lines += [{"left": step.get("left", ""), "right": step.get("right", "")} for step in deadline.trace]
    lines.append({"left": computing.when(deadline.due_on, deadline.due_time), "right": deadline.get_kind_display()})
    coming = [row.due_at for row in told if row.state == Reminder.State.WAITING and row.due_at > now]
    if coming:
        lines.append({"left": date_format(min(coming), "j M Y, D"), "right": _("next reminder")})
    return lines


def reminded(told: list[Reminder], mails: dict[int, str]) -> list[dict[str, Any]]:
    """Each reminder with a word for what became of it and the kind of its pill."""
    return [
        {"reminder": row, "word": word, "kind": kind}
        for row in told
        for word, kind in [_fate(row, mails.get(row.pk, ""))]
    ]


def _fate(row: Reminder, mail: str) -> tuple[str, str]:
    if row.acknowledged_at is not None:
        return _("Acknowledged"), "ok"
    if row.state != Reminder.State.HANDED:
        return str(row.get_state_display()), ""
    match mail:
        case Mail.SENT:
            return _("Sent"), "accent"
        case Mail.FAILED | Mail.UNCONFIRMED:
            return _("Mail failed") if mail == Mail.FAILED else _("Mail unconfirmed"), "warn"
        case Mail.CANCELLED:
            return _("Not sent"), ""
    return _("Being sent"), ""


def awaits(told: list[Reminder], user_id: int) -> bool:
    """Whether this person was reminded and has not said so."""
    return any(
        row.recipient_id == user_id and row.state == Reminder.State.HANDED and row.acknowledged_at is None
        for row in told
    )


def happenings(entries: list[JournalEntry]) -> list[dict[str, Any]]:
    people = {entry.actor_id for entry in entries if entry.actor_id}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "full_name"))
    return [
        {
            "at": entry.at,
            "strong": WORDS.get(entry.kind) or kinds.words_of(entry.kind),
            "rest": _("by %s") % names[entry.actor_id] if entry.actor_id in names else "",
            "text": entry.reason,
            "kind": KINDS.get(entry.kind, ""),
        }
        for entry in entries
    ]
