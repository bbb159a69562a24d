"""Deadlines on paper: the control sheet to be signed by hand, and the copy for a day without the system."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deadlines.models import Deadline
from deadlines.templatetags.due import provisional_words, state_words
from lawcrm.doors import safe_pdf

TEMPLATE = Path(__file__).with_suffix(".typ")


def paper(  # noqa: PLR0913 - the parts of a page
    *,
    title: str,
    lede: str,
    sections: Iterable[tuple[str, list[Deadline]]],
    lines: list[str],
    by: str,
    now: datetime,
    with_titles: bool = True,
) -> bytes:
    """The PDF; `lines` are words under which somebody signs, titles those of the matters."""
    made = date_format(timezone.localtime(now), "j M Y, H:i")
    data = {
        "title": title,
        "lede": lede,
        "language": (get_language() or "en")[:2],
        "columns": [_("Due"), _("What"), _("Matter"), _("Responsible"), _("State")],
        "sections": [_section(name, rows, with_titles=with_titles) for name, rows in sections],
        "lines": lines,
        "foot": _("%(by)s, %(made)s") % {"by": by, "made": made},
        "page": _("Page"),
    }
    return safe_pdf.printed(TEMPLATE, data)


def _section(name: str, rows: list[Deadline], *, with_titles: bool) -> dict[str, Any]:
    found = [_row(row) | {"matter": row.matter.title if with_titles else ""} for row in rows]
    return {"title": name, "empty": _("Nothing."), "rows": found}


def _row(row: Deadline) -> dict[str, Any]:
    return {
        "when": _when(row.due_on) + (f" {row.due_time:%H:%M}" if row.due_time else ""),
        "pressing": row.criticality == Deadline.Criticality.CRITICAL,
        "what": row.title,
        "note": _note(row),
        "number": row.matter.number,
        "who": row.answers,
        "state": state_words(row),
    }


def _when(on: date) -> str:
    return date_format(on, "D j M Y")


def _note(row: Deadline) -> str:
    """Other dates proposed or hoped for, who checked it, who ended it and how, who stands in: all in one line."""
    said = [_("entered by %s") % row.entered_by.full_name]
    if row.state == Deadline.State.OPEN and row.proposed_on is not None:
        said.insert(0, _("another date proposed: %s") % _when(row.proposed_on))
    if row.confirmed_by is not None:
        said.append(_("confirmed by %s") % row.confirmed_by.full_name)
    if row.ended_by is not None:
        said.append(_("ended by %(who)s: %(how)s") % {"who": row.ended_by.full_name, "how": row.ended_reason})
    if row.deputy is not None:
        said.append(_("deputy: %s") % row.deputy.full_name)
    return ", ".join(filter(None, [str(row.get_kind_display()), provisional_words(row), *said]))
