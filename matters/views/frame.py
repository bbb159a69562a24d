"""What all pages of one matter share: loading it, asking what the person may do, header, tabs and aside."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.crypto import marks
from matters import panels
from matters.models import Matter
from matters.models.levels import Level
from matters.queries import overview
from matters.queries.team import Holder, holders_of, level_among

READING = "matters.view_matter"


@dataclass
class File:
    """An open matter in one person's hands."""

    request: HttpRequest
    matter: Matter
    holders: list[Holder] = field(default_factory=list)

    @property
    def person(self) -> User:
        return cast("User", self.request.user)

    @cached_property
    def level(self) -> Level:
        """Sight comes from grants, so that there is at least the lowest level."""
        return level_among(self.holders, access.required()) or Level.VIEW

    def may(self, level: Level, permission: str) -> bool:
        return self.level.reaches(level) and permission in self.person.role_permissions()

    def require(self, level: Level, permission: str) -> None:
        """Visible but not allowed is 403 with the reason in words."""
        if permission not in self.person.role_permissions():
            raise PermissionDenied(_("Your role does not include this. An administrator can tell you who may do it."))
        if not self.level.reaches(level):
            raise PermissionDenied(
                _("You may read this matter, but this needs more. Those who manage it can give you that.")
                if level is Level.WORK
                else _("Only those who manage this matter may do this.")
            )

    @property
    def is_inside(self) -> bool:
        """People from outside are not told who reads, who is kept out and why somebody came or went."""
        return not self.person.is_external

    @property
    def banned(self) -> int:
        return len(self.matter.deny) if self.is_inside else 0

    @property
    def team_size(self) -> int:
        return sum(1 for holder in self.holders if not holder.is_walled and holder.is_active)

    @property
    def may_log(self) -> bool:
        return self.may(Level.WORK, "matters.log_communication")

    @property
    def may_add_document(self) -> bool:
        return self.may(Level.WORK, "matters.upload_document")

    @property
    def may_manage(self) -> bool:
        return self.may(Level.MANAGE, "matters.grant_access")

    @property
    def may_change(self) -> bool:
        return self.may(Level.MANAGE, "matters.change_matter")

    @property
    def may_change_parties(self) -> bool:
        return self.may(Level.WORK, "matters.change_matter")


def load(request: HttpRequest, public_id: UUID, level: Level = Level.VIEW, permission: str = READING) -> File:
    """The matter, or 404 whether hidden or missing; then 403 with a reason if role or grant do not reach."""
    matter = overview.for_page(public_id)
    if matter is None:
        raise Http404
    opened = File(request, matter, holders_of(matter))
    opened.require(level, permission)
    return opened


def load_inside(request: HttpRequest, public_id: UUID, level: Level = Level.VIEW, permission: str = READING) -> File:
    """As `load`, for pages that are the firm's own affair."""
    opened = load(request, public_id, level, permission)
    if not opened.is_inside:
        raise PermissionDenied(_("This page is for the firm's own people."))
    return opened


def tabs(opened: File, current: str) -> list[dict[str, Any]]:
    matter: Any = opened.matter
    own: list[tuple[int, str, str, int]] = [
        (0, "overview", _("Overview"), 0),
        (10, "communication", _("Communication"), matter.communication_count),
        (20, "documents", _("Documents"), matter.document_count),
        (40, "parties", _("Parties"), matter.party_count),
    ]
    if opened.is_inside:
        own += [(60, "access", _("Access"), 0), (70, "history", _("History"), 0)]
    found = [
        (order, {"key": key, "label": label, "url": _url(matter, key), "count": count})
        for order, key, label, count in own
    ]
    found += [(30, panel.context) for panel in panels.load("tab", opened.request, opened.matter)]
    ordered = [tab for _order, tab in sorted(found, key=lambda pair: pair[0])]
    return [{"count": 0, **tab, "current": tab["key"] == current} for tab in ordered]


def _url(matter: Matter, key: str) -> str:
    name = {"overview": "detail", "communication": "communication_list"}.get(key, key)
    return reverse(f"matters:{name}", args=[matter.public_id])


def page(opened: File, template: str, current: str, status: int = 200, **context: Any) -> HttpResponse:
    """The page in the matter's frame; its reading is noted. `aside` context comes from the caller."""
    audit.read(opened.matter)
    frame = {
        "file": opened,
        "matter": opened.matter,
        "crumbs": [
            {"url": reverse("matters:list"), "label": _("Matters")},
            {"url": "", "label": opened.matter.matter_type.name},
        ],
        "tabs": tabs(opened, current),
        "banners": panels.load("banner", opened.request, opened.matter),
        "panel_actions": panels.load("action", opened.request, opened.matter),
    }
    return render(opened.request, template, {**frame, **context}, status=status)


def chosen[Row: Model](request: HttpRequest, name: str, rows: QuerySet[Row]) -> Row | None:
    """Of these rows the one a form of ours was sent with."""
    return rows.filter(pk=marks.marked(rows.model, request.POST.get(name, ""))).first()
