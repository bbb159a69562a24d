"""Template tags of the components: wrap content in one, draw an icon, initials of a name."""

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_block_tag(takes_context=True, end_name="endwrap")
def wrap(context: Context, content: SafeString, component: str, **inputs: Any) -> SafeString:
    """`{% wrap "card" title="Due" %} … {% endwrap %}` renders ui/card.html around the content."""
    token = context.get("csrf_token")
    return render_to_string(f"ui/{component}.html", {"csrf_token": token, **inputs, "content": content})


@register.simple_block_tag(end_name="endcapture")
def capture(content: SafeString) -> SafeString:
    """`{% capture as title %} … {% endcapture %}`: a block that two places of the page show."""
    return content


@register.inclusion_tag("ui/icon.html")
def icon(name: str, size: str = "", label: str = "") -> dict[str, str]:
    return {"name": name, "size": size, "label": label}


@register.filter
def initials(name: str) -> str:
    """First and last word: "Karin af Vestergaard" is KV."""
    words = [word for word in str(name).split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]))
