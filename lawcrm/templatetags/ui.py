"""Template tags of the components: wrap content in one, draw an icon, initials of a name.

And what rows of a list consist of. Fifty rows of a template cost as much as the query for them: those of the long
lists are each drawn by one tag of their app, from these.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.db.models import Model
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from lawcrm.crypto import marks

register = template.Library()

DRAWN = '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>'
OPTION = '\n  <option value="{}"{}{}>{}</option>'
OPTGROUP = '\n  <optgroup label="{}">{}\n  </optgroup>'
NONE = UUID(int=0)
LABELLED = '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"></use></svg>'


@register.simple_block_tag(takes_context=True, end_name="endwrap")
def wrap(context: Context, content: SafeString, component: str, **inputs: Any) -> SafeString:
    """`{% wrap "card" title="Due" %} … {% endwrap %}` renders ui/card.html around the content."""
    token = context.get("csrf_token")
    return render_to_string(f"ui/{component}.html", {"csrf_token": token, **inputs, "content": content})


@register.simple_block_tag(end_name="endcapture")
def capture(content: SafeString) -> SafeString:
    """`{% capture as title %} … {% endcapture %}`: a block that two places of the page show."""
    return content


@register.simple_tag
def kept(template_name: str, **lists: Iterable[Any]) -> SafeString:
    """Draws a part of the frame once: with the same lists it is the same on each page, and for many people.

    Of links and commands, say: values that are equal when they look the same.
    """
    return _kept(template_name, tuple((name, tuple(values)) for name, values in lists.items()), get_language())


@lru_cache(maxsize=1024)
def _kept(template_name: str, lists: tuple[tuple[str, tuple[Any, ...]], ...], _language: str | None) -> SafeString:
    return render_to_string(template_name, dict(lists))


@register.simple_tag
def options(groups: Iterable[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """Of a select, in the groups of its widget."""
    drawn_groups = []
    for group, choices, _index in groups:
        lines = format_html_join("", OPTION, map(_option, choices))
        drawn_groups.append(format_html(OPTGROUP, group, lines) if group else lines)
    return SafeString("".join(drawn_groups))


def _option(choice: dict[str, Any]) -> tuple[str, str, str, Any]:
    disabled = " disabled" if choice["attrs"].get("disabled") else ""
    return str(choice["value"]), " selected" if choice["selected"] else "", disabled, choice["label"]


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """`name` is a symbol of the Lucide sprite; `size` "" or "large"; `label` only when the icon stands alone."""
    kind = f"icon icon-{size}" if size else "icon"
    if label:
        return format_html(LABELLED, kind, label, sprite(), name)
    return drawn(kind, name)


@cache
def drawn(kind: str, name: str) -> SafeString:
    """A page has dozens of these, and only as many different ones as the sprite."""
    return format_html(DRAWN, kind, sprite(), name)


@cache
def sprite() -> str:
    return static("vendor/lucide-1.62.0/sprite.svg")


def address(name: str, public_id: UUID) -> str:
    """`reverse` for the rows of a list: the address of any other row, with this id in it."""
    return _address_of_none(name).replace(str(NONE), str(public_id))


@cache
def _address_of_none(name: str) -> str:
    return reverse(name, args=[NONE])


def dated(day: date, form: str) -> str:
    """A date as the `date` filter shows it."""
    return _dated(day, form, get_language())


@lru_cache(maxsize=4096)
def _dated(day: date, form: str, _language: str | None) -> str:
    """Kept, as lists ask for the same few days in each of their rows."""
    return date_format(day, form)


@register.simple_tag
def pill(word: str, kind: str = "") -> SafeString:
    """ui/pill.html for the rows of a list."""
    return format_html('<span class="{}">{}</span>', f"pill {kind}".rstrip(), word)


@register.filter
def mark(row: Model) -> str:
    """Instead of an inner id, which would count the rows of the whole firm: {{ wall|mark }}."""
    return marks.mark(row)


@register.filter
def initials(name: str) -> str:
    """First and last word: "Karin af Vestergaard" is KV."""
    words = [word for word in str(name).split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]))
