"""The administration: accounts and roles, never the content of a matter."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class FirmAdminSite(AdminSite):
    """Django's administration behind our own sign-in, for administrators with a second factor."""

    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Staff and roles")
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_active and user.is_verified() and user.has_perm("accounts.view_user"))

    def login(self, request: HttpRequest, extra_context: object = None) -> Any:  # noqa: ARG002
        if request.user.is_authenticated:
            return redirect("/")
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('accounts:sign_in')}?{query}")

    def logout(self, request: HttpRequest, extra_context: object = None) -> Any:  # noqa: ARG002
        return redirect("accounts:profile")

    def password_change(self, request: HttpRequest, extra_context: object = None) -> Any:  # noqa: ARG002
        return redirect("accounts:password")
