"""The copy for a day without the system: the next two weeks on paper, locked, in a folder of its own."""

import os
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from deadlines import printing
from deadlines.models import Deadline
from deadlines.queries import book, reminders
from lawcrm import access, audit
from lawcrm.doors import safe_pdf
from lawcrm.models.firm import Firm

DAYS = 14
KEPT = 7  # copies
NAME = "deadlines-{day}.pdf"


class NoPassword(RuntimeError):
    """Nothing is written in clear; OFFLINE_COPY_PASSWORD has to be set."""


def make_copy(*, now: datetime) -> int:
    """Replace today's copy and throw away the oldest; answers how many entries stand on it. Raises NoPassword."""
    if not settings.OFFLINE_COPY_PASSWORD:
        message = "OFFLINE_COPY_PASSWORD is not set"
        raise NoPassword(message)
    with access.as_system("offline copy"), override(settings.LANGUAGE_CODE):
        today = timezone.localdate(now)
        rows = ahead(today)
        content = safe_pdf.locked(_paper(rows, today, now), settings.OFFLINE_COPY_PASSWORD)
        _write(folder() / NAME.format(day=today.isoformat()), content)
        for old in copies()[:-KEPT]:
            old.unlink()
        if (firm := Firm.current()) is not None:
            audit.record("firm.deadlines_copied", firm, count=len(rows))
    return len(rows)


def ahead(today: date) -> list[Deadline]:
    """Everything open until then, by its date or an earlier one that is proposed, and all overdue, whoever sees it."""
    until = today + timedelta(days=DAYS)
    rows = book.deadlines().filter(reminders.due_before(until), state=Deadline.State.OPEN)
    rows = rows.select_related("matter", "assignee", "deputy", "entered_by", "confirmed_by", "ended_by")
    return sorted(map(_walled, rows), key=lambda row: (row.reminds_by, row.reminds_by_time or time.max, row.pk))


def _walled(row: Deadline) -> Deadline:
    """Around a matter behind a wall no words: whoever opens the envelope may be one of those it keeps out."""
    if row.matter.deny:
        row.title = str(row.get_kind_display())
    return row


def _paper(rows: list[Deadline], today: date, now: datetime) -> bytes:
    """By the earlier day; numbers and not the parties, for a lost sheet tells of nobody's case."""
    overdue = [row for row in rows if row.reminds_by < today]
    coming = [row for row in rows if row.reminds_by >= today]
    sections = [(_("Overdue"), overdue)] if overdue else []
    by_day = groupby(coming, key=lambda row: row.reminds_by)
    sections += [(date_format(day, "l j F Y"), list(due)) for day, due in by_day]
    return printing.paper(
        title=_("Deadlines of the next %(days)d days") % {"days": DAYS},
        lede=_("The state of %(made)s. What was entered or moved since stands in the system only.")
        % {"made": date_format(timezone.localtime(now), "j M Y, H:i")},
        sections=sections,
        lines=[],
        by=Firm.known_name(),
        now=now,
        with_titles=False,
    )


def folder() -> Path:
    return Path(settings.OFFLINE_COPY_DIR)


def copies() -> list[Path]:
    """The oldest first."""
    return sorted(folder().glob(NAME.format(day="*")))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and for the owner of the folder only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
