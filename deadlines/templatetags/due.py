"""When something is due, as short as a list wants it."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deadlines.models import Deadline

register = template.Library()


@register.simple_tag
def due_words(deadline: Deadline) -> str:
    """As in: Today 23:59, Tue 24 Nov; with the year when it is another one."""
    words = day_words(deadline.due_on)
    return f"{words} {deadline.due_time:%H:%M}" if deadline.due_time else words


@register.filter
def day_words(on: date) -> str:
    today = timezone.localdate()
    if on == today:
        return _("Today")
    return date_format(on, "D j M" if on.year == today.year else "D j M Y")


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
