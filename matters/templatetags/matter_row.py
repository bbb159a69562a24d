"""The rows of the list of matters."""

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lawcrm.templatetags.ui import address, dated, pill
from matters.queries.listing import Row

register = template.Library()

ROW = """
<tr class="row-link">
  <td class="strong nowrap">{number}</td>
  <td class="breakable"><a class="row-target" href="{url}">{title}</a>{until}<span class="second">{kind}</span></td>
  <td class="breakable" data-priority="2">{clients}</td>
  <td class="breakable" data-priority="3">{responsible}</td>
  <td class="nowrap" data-priority="2">{opened}</td>
  <td>{state}</td>
</tr>"""


@register.simple_tag
def matter_row(row: Row) -> SafeString:
    matter = row.matter
    return format_html(
        ROW,
        number=matter.number,
        url=address("matters:detail", matter.public_id),
        title=matter.title,
        until=_broken_until(row),
        kind=matter.matter_type.name,
        clients=row.clients,
        responsible=matter.responsible.full_name,
        opened=dated(matter.opened_on, "j M Y"),
        state=pill(row.state, "" if matter.is_closed else "ok"),
    )


def _broken_until(row: Row) -> str:
    if row.until is None:
        return ""
    words = _("break-glass until %(until)s") % {"until": f"{timezone.localtime(row.until):%H:%M}"}
    return format_html(" {}", pill(words, "warn"))
