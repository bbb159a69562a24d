"""Reminding the officers of a monthly review that is late: a card on the front page and one mail."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from lawcrm import access, outbox
from lawcrm.accounts.models import User
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.firm import Firm
from lawcrm.models.outbox import OutboxMessage
from lawcrm.review import monthly

KIND = "log_review.late"
SIGNS = "lawcrm.sign_review"


def register() -> None:
    outbox.kind(KIND, policy=outbox.RESEND, compose=_compose, may_send=_may_send)


def officers() -> Any:
    """Active people whose role lets them sign."""
    app, codename = SIGNS.split(".")
    signs = Permission.objects.filter(content_type__app_label=app, codename=codename)
    return User.objects.filter(is_active=True, groups__permissions__in=signs).distinct().order_by("pk")


def remind(now: datetime) -> int:
    """One mail per officer and month."""
    today = timezone.localdate(now)
    if not monthly.late(today):
        return 0
    found = list(officers())
    for officer in found:
        outbox.put(
            kind=KIND,
            recipient=outbox.staff(officer.pk),
            thing_id=officer.pk,
            dedupe=f"{today:%Y-%m}",
        )
    return len(found)


def card(request: HttpRequest) -> dict[str, Any] | None:
    person: Any = request.user
    if SIGNS not in person.role_permissions() or not (months := monthly.late(timezone.localdate())):
        return None
    return {"months": months}


def _may_send(message: OutboxMessage) -> bool:
    """Somebody may have signed it, or changed their job, since it was queued."""
    with access.as_system("reminder of a review"):
        return officers().filter(pk=message.recipient_id).exists() and bool(monthly.late(timezone.localdate()))


def _compose(message: OutboxMessage) -> Mail:
    officer = User.objects.get(pk=message.recipient_id)
    with access.as_system("reminder of a review"):
        months = monthly.late(timezone.localdate())
    facts = {"person": officer.full_name, "firm": Firm.known_name(), "months": months}
    link = settings.SITE_URL + reverse("review:months")
    with translation.override(officer.interface_language):
        text = render_to_string("mail/review/late.txt", {**facts, "link": link})
    subject, _blank, body = text.strip().partition("\n")
    return Mail(to=officer.email, to_name=officer.full_name, subject=subject.strip(), text=body.strip() + "\n")
