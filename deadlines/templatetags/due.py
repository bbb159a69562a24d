"""When something is due, as short as a list wants it."""

from datetime import date, datetime, time
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from clients import countries
from deadlines import planning, recurrence
from deadlines.models import Deadline, Series
from lawcrm.templatetags.ui import address, dated, icon, pill

register = template.Library()


ROW = """
<tr class="row-link">
  <td class="when{danger}"><a class="row-target" href="{url}">{due}{called}</a></td>
  <td>{title}<span class="second">{about}</span></td>
  <td data-priority="2">{where}</td>
  <td>{state}</td>
</tr>"""
CALLED = '<span class="visually-hidden">, {}</span>'
OF_MATTER = '<span class="nowrap">{}</span><span class="second">{}</span>'


@register.simple_tag
def deadline_row(row: Deadline, *, of_one_matter: bool = False) -> SafeString:
    """Of deadlines/table.html: without the matter on a page of its own, and with who is responsible."""
    matter = row.matter
    return format_html(
        ROW,
        danger=" danger" if is_burning(row) else "",
        url=address("deadlines:detail", row.public_id),
        due=due_words(row),
        title=row.title,
        called=format_html(CALLED, row.title if of_one_matter else f"{row.title}, {matter.number}"),
        about=about(row),
        where=row.answers if of_one_matter else format_html(OF_MATTER, matter.number, matter.title),
        state=state_pill(row),
    )


def is_burning(row: Deadline) -> bool:
    """Open and late, or critical and due today, by the earlier of its date and a proposed one."""
    pressing = is_pressing if row.criticality == Deadline.Criticality.CRITICAL else is_late
    return row.state == Deadline.State.OPEN and pressing(row.reminds_by)


def about(row: Deadline) -> SafeString:
    """Kind and, where there are any, recurrence, trigger and extension asked for."""
    words = [
        _("comes again") if row.series_id else "",
        f"{row.trigger_label} {day_words(row.trigger_on)}" if row.trigger_on and row.trigger_label else "",
        proposed_words(row),
        provisional_words(row),
    ]
    return format_html("{}{}", kind_mark(row.kind), "".join(f" · {part}" for part in words if part))


@register.simple_tag
def due_words(deadline: Deadline) -> str:
    """As in: Today 23:59, Tue 24 Nov; with the year when it is another one."""
    words = day_words(deadline.due_on)
    return f"{words} {deadline.due_time:%H:%M}" if deadline.due_time else words


@register.simple_tag
def due_date(day: date, hour: time | None) -> str:
    """In full, as in: Monday 30 November 2026, 16:00."""
    words = date_format(day, "l j F Y")
    return f"{words}, {hour:%H:%M}" if hour else words


MARKS = {
    Deadline.Kind.STATUTORY: "scale",
    Deadline.Kind.COURT_FIXED: "gavel",
    Deadline.Kind.PRE_DEADLINE: "bell",
    Deadline.Kind.FOLLOW_UP: "history",
    Deadline.Kind.APPOINTMENT: "calendar",
    Deadline.Kind.LIMITATION: "hourglass",
}


@register.simple_tag
def kind_mark(kind: str) -> SafeString:
    """Sign and word of a kind, the same wherever an entry stands."""
    return _kind_mark(kind, get_language())


@lru_cache(maxsize=256)
def _kind_mark(kind: str, _language: str | None) -> SafeString:
    """Kept, as a list asks for it in each of its rows."""
    known = Deadline.Kind(kind)
    return format_html('<span class="kind kind-{}">{}{}</span>', known.value, icon(MARKS[known]), known.label)


@register.simple_tag
def step_words(step: planning.Step) -> str:
    """As in: 2 weeks after, the day itself, by the rule de.zpo.517."""
    if step.rule:
        return _("by the rule %(code)s") % {"code": step.rule}
    if not step.amount:
        return _("the day itself")
    words = period_words(abs(step.amount), step.unit)
    return (_("%(period)s before") if step.amount < 0 else _("%(period)s after")) % {"period": words}


@register.filter
def period_words(amount: int, unit: str) -> str:
    """As in: 1 month, 2 weeks; units of a plan and of a rule."""
    return {
        "hours": ngettext("%(n)d hour", "%(n)d hours", amount),
        "days": ngettext("%(n)d day", "%(n)d days", amount),
        "working_days": ngettext("%(n)d working day", "%(n)d working days", amount),
        "weeks": ngettext("%(n)d week", "%(n)d weeks", amount),
        "months": ngettext("%(n)d month", "%(n)d months", amount),
        "years": ngettext("%(n)d year", "%(n)d years", amount),
    }[unit] % {"n": amount}


@register.filter
def place_words(code: str) -> str:
    """Of a calendar or a pack, as in: Denmark, Germany BY; its code where no country has that name."""
    country, _dash, part = code.partition("-")
    name = countries.NAMES.get(country.upper())
    area = part.upper() if len(part) == len(country) else part.replace("-", " ")
    return f"{name} {area}".strip() if name else code


@register.filter
def confidence_words(confidence: str) -> str:
    return {
        "verified": _("read in the statute"),
        "secondary": _("from a secondary source"),
        "to_confirm": _("to be confirmed"),
    }[confidence]


@register.simple_tag
def role_word(role: str) -> str:
    return str(planning.Role(role).label)


@register.simple_tag
def repeat_words(series: Series) -> str:
    """As in: every 2 weeks, until 31 Dec 2026."""
    amount, unit, until = recurrence.parts_of(series.rule)
    words = {
        "days": ngettext("every day", "every %(n)d days", amount),
        "weeks": ngettext("every week", "every %(n)d weeks", amount),
        "months": ngettext("every month", "every %(n)d months", amount),
    }[unit] % {"n": amount}
    if until is None:
        return words
    return _("%(often)s, until %(day)s") % {"often": words, "day": date_format(until, "j M Y")}


@register.simple_tag
def state_pill(deadline: Deadline) -> SafeString:
    """Where the deadline stands, and by its colour how pressing that is."""
    match deadline.state:
        case Deadline.State.DONE:
            return pill(_("Done, to be checked"), "warn") if deadline.awaits_check else pill(_("Done"), "ok")
        case Deadline.State.STRUCK:
            return pill(_("Struck"))
    if is_late(deadline.due_on):
        return pill(_("Overdue"), "danger")
    if deadline.proposed_on is not None or not deadline.is_confirmed:
        return pill(_("Another date proposed") if deadline.proposed_on else _("Unconfirmed"), "warn")
    if deadline.criticality == Deadline.Criticality.CRITICAL and is_pressing(deadline.due_on):
        return pill(_("Critical"), "danger")
    return pill(_("Confirmed"), "accent")


@register.simple_tag
def proposed_words(deadline: Deadline) -> str:
    if deadline.proposed_on is None or deadline.state != Deadline.State.OPEN:
        return ""
    return _("another date proposed: %s") % day_words(deadline.proposed_on)


@register.simple_tag
def provisional_words(deadline: Deadline) -> str:
    """Until when an extension was asked for, in a list that knows it; the old date counts until it is granted."""
    hoped_on = getattr(deadline, "hoped_on", None)
    if hoped_on is None or deadline.state != Deadline.State.OPEN:
        return ""
    return _("provisional: extension until %(day)s asked for") % {"day": day_words(hoped_on)}


@register.simple_tag
def entry_kind(deadline: Deadline) -> str:
    """The class of an entry in a calendar."""
    if deadline.state == Deadline.State.DONE:
        return "is-done"
    if is_late(deadline.due_on) or deadline.criticality == Deadline.Criticality.CRITICAL:
        return "is-critical" if deadline.is_confirmed else "is-critical is-unconfirmed"
    return "" if deadline.is_confirmed else "is-unconfirmed"


@register.simple_tag
def state_words(deadline: Deadline) -> str:
    """What the colours of a calendar say."""
    match deadline.state:
        case Deadline.State.DONE:
            return _("done")
        case Deadline.State.STRUCK:
            return _("struck")
    words = [_("overdue")] if is_late(deadline.due_on) else []
    if deadline.criticality == Deadline.Criticality.CRITICAL:
        words.append(_("critical"))
    return ", ".join([*words, _("confirmed") if deadline.is_confirmed else _("unconfirmed")])


@register.filter
def day_words(on: date) -> str:
    today = timezone.localdate()
    if on == today:
        return _("Today")
    return dated(on, "D j M" if on.year == today.year else "D j M Y")


@register.filter
def moment_words(at: datetime) -> str:
    at = timezone.localtime(at)
    return f"{day_words(at.date())} {at:%H:%M}"


@register.filter
def is_late(on: date) -> bool:
    return on < timezone.localdate()


@register.filter
def is_pressing(on: date) -> bool:
    """Today or past."""
    return on <= timezone.localdate()
