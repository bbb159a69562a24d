"""What the pages of the privacy office share: the tabs a role opens, and who is asking."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

SHOWN = 200


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The pages this person's role opens."""
    pages = [
        ("plan", _("Retention plan"), {"view_plan", "release_plan"}),
        ("holds", _("Holds"), {"view_plan"}),
        ("certificates", _("Certificates"), {"view_certificates"}),
        ("schedule", _("Schedule"), {"view_plan"}),
        ("reviews_overview", _("Access reviews"), {"oversee_reviews"}),
    ]
    return [
        {"url": reverse(f"privacy:{name}"), "label": label, "count": "", "current": name == current}
        for name, label, wanted in pages
        if any(may(request, codename) for codename in wanted)
    ]


def page(request: HttpRequest, name: str, current: str, **context: Any) -> HttpResponse:
    return render(request, f"privacy/{name}.html", {"tabs": tabs(request, current), **context})


def may(request: HttpRequest, codename: str) -> bool:
    return f"privacy.{codename}" in user_of(request).role_permissions()


def user_of(request: HttpRequest) -> Any:
    return request.user
