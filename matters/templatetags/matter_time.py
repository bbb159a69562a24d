"""When something happened, as short as a timeline wants it."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def moment(at: datetime) -> str:
    return said(timezone.localtime(at), timezone.localdate())


def said(at: datetime, today: date) -> str:
    """The time today, the day this year, the month before."""
    if at.date() == today:
        return _("Today %(time)s") % {"time": f"{at:%H:%M}"}
    if at.year == today.year:
        return date_format(at, "j M")
    return date_format(at, "j M Y")
