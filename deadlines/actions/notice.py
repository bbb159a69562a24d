"""The mail that reminds: number, kind, date and a link; nothing that names anybody."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from deadlines.actions import escalating, reminding
from deadlines.models import Deadline, Reminder
from deadlines.queries import team
from deadlines.queries.reminders import KIND
from lawcrm import outbox
from lawcrm.accounts.models import User
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.outbox import OutboxMessage

Level = Reminder.Level
LEADS = {
    Level.DEPUTY: gettext_lazy("Nobody has said yet that they have seen this reminder. You are told as deputy."),
    Level.LAWYER: gettext_lazy(
        "Nobody has said yet that they have seen this reminder. You are told as the lawyer responsible for the matter."
    ),
}


def may_send(message: OutboxMessage) -> bool:
    reminder = Reminder.objects.filter(pk=message.thing_id).first()
    if reminder is None or reminder.state != Reminder.State.HANDED:
        raise outbox.MayNot("settled")
    if reminder.acknowledged_at is not None or (reminder.level and escalating.is_acknowledged(reminder)):
        raise outbox.MayNot("acknowledged")
    recipient = team.at_work(timezone.localdate()).filter(pk=message.recipient_id).first()
    if recipient is None:
        raise outbox.MayNot("not-at-work")
    if not reminding.still_to_tell(reminder, recipient):
        raise outbox.MayNot("not-visible")
    return True


def compose(message: OutboxMessage) -> Mail:
    recipient = User.objects.get(pk=message.recipient_id)
    reminder = Reminder.objects.get(pk=message.thing_id)
    deadline = Deadline.objects.select_related("matter").get(pk=reminder.deadline_id)
    with override(recipient.interface_language):
        facts = {
            "number": deadline.matter.number,
            "kind": deadline.get_kind_display(),
            "date": date_format(deadline.due_on, pgettext("date in full", "l j F Y")),
            "proposed": _proposed(deadline),
            "time": f"{deadline.due_time:%H:%M}" if deadline.due_time else "",
        }
        if reminder.level >= Level.DOCKET:
            return _of_the_desk(recipient, reminder, deadline, facts)
        overdue = deadline.due_on < timezone.localdate(reminder.due_at)
        words = _("Overdue: %(number)s, %(kind)s, %(date)s") if overdue else _("%(number)s: %(kind)s, %(date)s")
        subject = words % facts
        url = settings.SITE_URL + reverse("deadlines:detail", args=[deadline.public_id])
        unconfirmed = deadline.confirmed_at is None
        lead = str(LEADS.get(Level(reminder.level), ""))
        context = {**facts, "url": url, "unconfirmed": unconfirmed, "lead": lead, "overdue": overdue}
        context["firm"] = settings.FIRM_NAME
        return Mail(
            to=recipient.email,
            to_name=recipient.full_name,
            subject=subject,
            text=render_to_string("mail/deadlines/reminder.txt", context),
        )


def _proposed(deadline: Deadline) -> str:
    if deadline.proposed_on is None:
        return ""
    day = date_format(deadline.proposed_on, pgettext("date in full", "l j F Y"))
    return f"{day}, {deadline.proposed_time:%H:%M}" if deadline.proposed_time else day


def _of_the_desk(recipient: User, reminder: Reminder, deadline: Deadline, facts: dict[str, str]) -> Mail:
    """Date, grade and number for the docket desk; partners hear only that somebody is needed."""
    if reminder.level == Level.PARTNERS:
        subject, template, facts = _("A critical deadline needs someone"), "mail/deadlines/needs_someone.txt", {}
    else:
        day = date_format(deadline.reminds_by, pgettext("date in full", "l j F Y"))
        facts = {"number": facts["number"], "date": day} | {"grade": deadline.get_criticality_display()}
        facts["url"] = settings.SITE_URL + reverse("deadlines:docket")
        subject, template = _("%(number)s: %(grade)s, %(date)s") % facts, "mail/deadlines/docket.txt"
    text = render_to_string(template, {**facts, "firm": settings.FIRM_NAME})
    return Mail(to=recipient.email, to_name=recipient.full_name, subject=subject, text=text)


def register() -> None:
    """A reminder sent twice is better than one that is lost."""
    outbox.kind(KIND, policy=outbox.RESEND, compose=compose, may_send=may_send)
