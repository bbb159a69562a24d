"""The rows of the list of contacts."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.models import Contact
from clients.queries.contacts import Row
from lawcrm.templatetags.ui import address, dated, pill

register = template.Library()

ROW = """
<tr class="row-link">
  <td><a class="row-target" href="{url}"><strong>{name}</strong></a>{marks}<span class="second">{about}</span></td>
  <td data-priority="2" class="breaks">{reached_at}</td>
  <td data-priority="3" class="nowrap">{source}</td>
  <td data-priority="3" class="num">{since}</td>
</tr>"""


@register.simple_tag
def contact_row(row: Row) -> SafeString:
    contact = row.contact
    return format_html(
        ROW,
        url=address("clients:detail", contact.public_id),
        name=contact.name,
        marks=_marks(contact),
        about=" · ".join(filter(None, (row.kind, row.town, contact.country))),
        reached_at=_reached_at(row),
        source=row.source,
        since=dated(contact.collected_on, "SHORT_DATE_FORMAT"),
    )


def _marks(contact: Contact) -> str:
    """What whoever writes to them should know first."""
    words = [
        (_("Restricted"), "warn") if contact.restricted_at else None,
        (_("Quarantine"), "warn") if contact.quarantined_at else None,
        (_("Directory"), "") if contact.is_directory else None,
    ]
    return format_html_join("", " {}", ((pill(*word),) for word in words if word))


def _reached_at(row: Row) -> str:
    if row.mail and row.phone:
        return format_html('{}<span class="second">{}</span>', row.mail, row.phone)
    return row.mail or row.phone or "–"
