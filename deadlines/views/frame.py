"""What the pages of the book share: loading, rights of the person, the matter of a form."""

from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from deadlines.models import Deadline, Task
from deadlines.queries import team
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.models import Matter

READING, ENTERING, CONFIRMING = (f"deadlines.{name}_deadline" for name in ("view", "enter", "confirm"))


def person(request: HttpRequest) -> User:
    return cast("User", request.user)


def may(request: HttpRequest, permission: str) -> bool:
    return permission in person(request).role_permissions()


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The ways to look at the book; whose entries are shown is kept from one to the next."""
    whose = "?who=mine" if request.GET.get("who") == "mine" else ""
    ways = {
        "list": _("List"),
        "week": _("Week"),
        "month": _("Month"),
        "nothing_open": _("Nothing open"),
        "sheet": _("Control sheet"),
    }
    if may(request, ENTERING):
        ways["proposals"] = _("Proposed dates")
    return [
        {"label": label, "url": reverse(f"deadlines:{name}") + whose, "current": name == current}
        for name, label in ways.items()
    ]


def load(public_id: UUID) -> Deadline:
    """404 whether hidden or missing; that it was shown is noted."""
    rows = Deadline.objects.select_related(
        "matter", "assignee", "group", "deputy", "entered_by", "confirmed_by", "ended_by", "checked_by"
    ).defer("matter__summary")
    deadline = get_object_or_404(rows, public_id=public_id)
    audit.read(deadline)
    return deadline


def load_to_change(public_id: UUID) -> Deadline:
    deadline = load(public_id)
    require_work(deadline.matter)
    return deadline


def load_task_to_change(public_id: UUID) -> Task:
    task = get_object_or_404(Task.objects.select_related("matter").defer("matter__summary"), public_id=public_id)
    require_work(task.matter)
    audit.read(task)
    return task


def require_work(matter: Matter) -> None:
    """Visible but not allowed is 403 with the reason in words."""
    if not team.may_work(matter.pk):
        raise PermissionDenied(
            _("This matter is closed; its deadlines stay as they are.")
            if matter.is_closed
            else _("You may read this matter, but this needs more. Those who manage it can give you that.")
        )


def chosen_matter(request: HttpRequest) -> Matter | None:
    """The matter named in the address; None when none is."""
    named: Any = request.GET.get("matter", "")
    if not named:
        return None
    try:
        return load_matter_to_change(UUID(named))
    except ValueError:
        raise Http404 from None


def load_matter_to_change(public_id: UUID) -> Matter:
    matter: Matter = get_object_or_404(Matter.objects.defer("summary"), public_id=public_id)
    require_work(matter)
    audit.read(matter)
    return matter
