"""The record of a leaving, signed into the journal, and telling the successor."""

from datetime import datetime

from lawcrm import audit
from lawcrm.accounts import notices
from lawcrm.accounts.models import LeavingRecord, User

SIGNED = "accounts.leaving_signed"


def keep(  # noqa: PLR0913 - what a record says
    kind: LeavingRecord.Kind,
    *,
    user: User,
    done_by: User | None,
    to: User | None,
    reason: str,
    went: dict[str, int],
    now: datetime,
) -> LeavingRecord:
    """Who, when, why, how much of each kind, to whom; it cannot be changed, and the journal knows its hash."""
    said = {
        "kind": kind.value,
        "user": user.pk,
        "done_by": done_by.pk if done_by else None,
        "done_at": now.isoformat(),
        "successor": to.pk if to else None,
        "counts": went,
    }
    made = LeavingRecord.objects.create(
        kind=kind, user=user, successor=to, done_by=done_by, done_at=now, reason=reason.strip()[:500], record=said
    )
    audit.sign(made, reason=reason)
    if to is not None:
        notices.handed_over(to, made, now)
    return made


def declare() -> None:
    audit.signs(LeavingRecord, kind=SIGNED)
