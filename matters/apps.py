"""The matters app."""

from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MattersConfig(AppConfig):
    name = "matters"

    def ready(self) -> None:
        from clients import panels
        from lawcrm import principals, today, ui
        from matters import notice_mail, notices
        from matters import panels as own_panels
        from matters.actions import break_glass_notice, group_walls, groups, leaving, succession
        from matters.queries import break_glass
        from matters.views import break_glass as glass_views
        from matters.views import palette, takeover, walls

        principals.register(break_glass.SOURCE)
        break_glass_notice.register()
        leaving.register_burdens()
        succession.register()
        takeover.register()
        own_panels.register("banner", 10, glass_views.banner, "matters/break_glass/banner.html")
        today.add(20, glass_views.card, "matters/break_glass/waiting.html")
        ui.nav.add(
            "firm", "matters:break_glass", _("Break-glass"), "shield-alert", permission=break_glass.REVIEWING, order=60
        )
        ui.commands.add("matters:ask_break_glass", _("Break the glass"), "eye", permission=break_glass.BREAKING)

        group_walls.subscribe()
        groups.subscribe()
        notices.register()
        ui.nav.add("system", "matters:see_as", _("See as"), "eye", permission="accounts.see_as", order=91)
        notice_mail.register()
        today.add(5, walls.unanswered_card, "matters/unanswered.html")
        panels.register(40, walls.of_contact, "matters/walls_of_contact.html", place="aside")
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
        ui.commands.add(
            "matters:successions", _("Hand over matters"), "users", permission="matters.grant_access", order=65
        )
        ui.nav.add(
            "system", "accounts:people_left", _("People who left"), "users", permission="accounts.change_user", order=92
        )
        ui.commands.add(
            "accounts:changes", _("How people sign in"), "users", permission="accounts.change_user", order=93
        )
        ui.commands.add("accounts:newcomers", _("New accounts"), "users", permission="accounts.vouch_for", order=94)
        today.add(60, checks_to_decide, "matters/conflicts/waiting.html")
        today.add(65, joined_lately, "matters/joined.html")
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


def joined_lately(request: HttpRequest) -> dict[str, Any] | None:
    """New members of groups that see matters this person answers for."""
    from matters.queries import joined

    person: Any = request.user
    if person.is_external or "matters.view_matter" not in person.role_permissions():
        return None
    members = joined.joined_lately(person, timezone.now())
    return {"members": members} if members else None


def checks_to_decide(_request: HttpRequest) -> dict[str, Any] | None:
    """The card on the conflicts officer's front page."""
    from lawcrm import access
    from matters.queries import conflicts

    if "conflicts" not in access.required().flags:
        return None
    checks = list(conflicts.in_review().select_related("asked_by")[:6])
    return {"checks": checks[:5], "more": len(checks) > len(checks[:5])} if checks else None
