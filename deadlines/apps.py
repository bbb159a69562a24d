"""The deadlines app."""

from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def waiting_for(request: HttpRequest) -> int:
    """How many entries this person is to confirm; the front page has fetched them and says so on the request."""
    from deadlines.queries import mine

    person = request.user
    if "deadlines.confirm_deadline" not in person.role_permissions():  # type: ignore[union-attr]
        return 0
    if (counted := getattr(request, "deadlines_waiting", None)) is not None:
        return int(counted)
    return mine.count_waiting(person.pk or 0)


def fill_calendars(using: str, apps: Apps, **_facts: Any) -> None:
    """Each update brings the pinned library's days; nothing happens where they are known (docs/deadlines.md)."""
    if using != "default" or "recalculation" not in apps.all_models["deadlines"]:
        return
    from deadlines.actions import holidays

    holidays.fill(now=timezone.now())


class DeadlinesConfig(AppConfig):
    name = "deadlines"

    def ready(self) -> None:
        from deadlines import models, panels
        from deadlines.actions import (
            ending,
            feeds,
            leaving,
            listing,
            notice,
            recomputing,
            returning,
            taken_notice,
            teams,
        )
        from deadlines.views import proposals
        from lawcrm import audit, ui

        post_migrate.connect(fill_calendars, sender=self, dispatch_uid="deadlines.calendars")
        audit.signs(models.SignedSheet, kind="deadline.sheet_signed")
        leaving.register_burdens()
        notice.register()
        listing.register()
        taken_notice.register()
        panels.register()
        audit.subscribe("matter.closed", ending.refuse_while_open)
        audit.subscribe("accounts.group_left", teams.forget_who_left)
        for kind in returning.LIFTED:
            audit.subscribe(kind, returning.tell_again)
        audit.subscribe("matter.changed", recomputing.after_matter_changed)
        audit.subscribe("court.changed", recomputing.after_seat_corrected)
        proposals.register()
        for kind in feeds.SECURED:
            audit.subscribe(kind, feeds.revoke_after)
        reading, entering = "deadlines.view_deadline", "deadlines.enter_deadline"
        ui.nav.add("work", "today", _("Today"), "sun", order=10, phone=True)
        ui.nav.add(
            "work",
            "deadlines:list",
            _("Deadlines"),
            "calendar-clock",
            permission=reading,
            counter=waiting_for,
            order=40,
            phone=True,
        )
        ui.nav.add(
            "work", "deadlines:docket", _("Docket"), "calendar-clock", permission="deadlines.keep_docket", order=42
        )
        ui.commands.add("deadlines:enter", _("Deadline"), "calendar-clock", menu="new", permission=entering, order=40)
        ui.commands.add("deadlines:add_task", _("Task"), "check", menu="new", permission=entering, order=45)
        ui.commands.add("deadlines:feeds", _("Calendar feeds"), "calendar-clock", permission=reading, order=46)
        ui.commands.add("deadlines:absences", _("Absences"), "calendar-clock", permission=entering, order=47)
        ui.commands.add("deadlines:calendars", _("Court calendars"), "calendar-clock", permission=entering, order=48)
        ui.commands.add("deadlines:rules", _("Rules of deadlines"), "scale", permission=entering, order=48)
        ui.commands.add("deadlines:plans", _("Plans"), "calendar-clock", permission=entering, order=49)
        ui.commands.add("deadlines:tasks", _("My tasks"), "check", permission=reading, order=45)
