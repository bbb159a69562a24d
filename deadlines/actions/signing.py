"""Signing the control sheet of a day, which is the exit check of its evening."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines.models import SignedSheet
from deadlines.queries.sheet import Sheet
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused


class DayNotCome(Refused):
    def __init__(self) -> None:
        super().__init__(_("A day is signed when it has come."))


class StillOpen(Refused):
    def __init__(self) -> None:
        super().__init__(_("Something of this day is still open. Say what will be done about it."))


class Cut(Refused):
    def __init__(self) -> None:
        super().__init__(_("The sheet shows only a part of this day. Each person signs their own sheet instead."))


class ChangedMeanwhile(Refused):
    def __init__(self) -> None:
        super().__init__(_("The sheet has changed while you looked at it. Look through it again, then sign."))


@audit.attempt("deadline.sheet_signed")
def sign_sheet(*, actor: User, sheet: Sheet, seen: str, note: str, now: datetime) -> SignedSheet:
    """`seen` is the hash of what the page showed: nobody signs for a row they have not seen."""
    if sheet.on > timezone.localdate(now):
        raise DayNotCome
    if any(section.is_cut for section in sheet.sections):
        raise Cut
    content = record_of(sheet)
    if audit.digest(content) != seen:
        raise ChangedMeanwhile
    if sheet.open_ones and not note.strip():
        raise StillOpen
    signed = SignedSheet.objects.create(
        day=sheet.on,
        about=sheet.about,
        signed_by=actor,
        signed_at=now,
        open_ones=len(sheet.open_ones),
        note=note.strip(),
        record=content,
    )
    audit.sign(signed, day=sheet.on, open_ones=signed.open_ones)
    return signed


def record_of(sheet: Sheet) -> dict[str, object]:
    """Rows by their public ids with date and state: enough to find again what was signed, and no content."""
    return {
        "day": sheet.on.isoformat(),
        "about": str(sheet.about.public_id) if sheet.about else None,
        "sections": {
            section.key: [[str(row.public_id), row.due_on.isoformat(), row.state] for row in section.rows]
            for section in sheet.sections
        },
    }
