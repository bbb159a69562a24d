"""The matters app."""

from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class MattersConfig(AppConfig):
    name = "matters"

    def ready(self) -> None:
        from clients import panels
        from lawcrm import today, ui
        from matters.views import palette

        ui.search.add("matters", _("Matters"), palette.found, order=30)
        panels.register(30, palette.of_contact, "matters/of_contact.html", place="aside")
        ui.nav.add(
            "work", "matters:list", _("Matters"), "briefcase", permission="matters.view_matter", order=30, phone=True
        )
        ui.commands.add("matters:new", _("Matter"), "briefcase", menu="new", permission="matters.open_matter", order=30)
        ui.nav.add(
            "work",
            "conflicts:list",
            _("Conflict checks"),
            "scale",
            permission="matters.run_conflict_check",
            counter=waiting_checks,
            order=50,
        )
        today.add(60, checks_to_decide, "matters/conflicts/waiting.html")
        ui.commands.add(
            "conflicts:ask", _("Conflict check"), "scale", menu="new", permission="matters.run_conflict_check"
        )


def waiting_checks(_request: HttpRequest) -> int:
    """Checks only this person's decision can end."""
    from lawcrm import access
    from matters.models import ConflictCheck

    if "conflicts" not in access.required().flags:
        return 0
    return ConflictCheck.objects.filter(state=ConflictCheck.State.IN_REVIEW).count()


def checks_to_decide(_request: HttpRequest) -> dict[str, Any] | None:
    """The card on the conflicts officer's front page."""
    from lawcrm import access
    from matters.queries import conflicts

    if "conflicts" not in access.required().flags:
        return None
    checks = list(conflicts.in_review().select_related("asked_by")[:6])
    return {"checks": checks[:5], "more": len(checks) > len(checks[:5])} if checks else None
