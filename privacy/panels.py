"""What the privacy office adds to the pages of others."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clients import panels as contact_panels
from clients.models import Contact
from lawcrm import access, today
from matters import panels as matter_panels
from matters.models import Matter
from privacy.queries import erasing as queries
from privacy.queries import reviews

WORDS = {
    "hold.placed": _("Hold placed"),
    "hold.released": _("Hold released"),
    "retention.proposed": _("Retention period over"),
    "retention.put_forward": _("Put forward for erasure"),
    "retention.released": _("Released for erasure"),
    "access_review.closed": _("Access review closed"),
    "access_review.passed_on": _("Access review passed on"),
}


def register() -> None:
    matter_panels.register("banner", 20, held, "privacy/held.html")
    for kind, words in WORDS.items():
        matter_panels.say(kind, words)
    contact_panels.register(90, restrictable, "privacy/restrictable.html", place="aside")
    today.add(70, waiting, "privacy/waiting.html")
    today.add(75, to_review, "privacy/reviews/today.html")


def held(_request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    """Everyone on the matter knows that it is kept; why is for the privacy office."""
    return {} if matter.hold_count else None


def restrictable(contact: Contact) -> dict[str, Any] | None:
    return {} if "restricted" in access.required().flags and not contact.is_directory else None


def waiting(request: HttpRequest) -> dict[str, Any] | None:
    """Ended matters this person may release, or put forward."""
    person: Any = request.user
    if not person.role_permissions() & {"privacy.view_plan", "privacy.release_plan"}:
        return None
    items = list(queries.waiting_for(person.pk)[:6])
    return {"entries": items[:5], "more": len(items) > len(items[:5])} if items else None


def to_review(request: HttpRequest) -> dict[str, Any] | None:
    """Access reviews that wait for this person's answer, in one statement."""
    person: Any = request.user
    waiting = reviews.kinds_waiting(person.pk)
    counted = {"matters": waiting.count("matter"), "groups": waiting.count("group")}
    return counted if waiting else None
