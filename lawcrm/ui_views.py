"""The two views of the frame itself: choosing a theme and staying signed in."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from lawcrm import ui

YEAR = 365 * 24 * 3600


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """The theme is a cookie, not a column: it belongs to the screen in front of the person."""
    theme = request.POST.get("theme", "auto")
    response = HttpResponseRedirect(_back(request))
    if theme in ui.THEMES:
        response.set_cookie(
            ui.THEME_COOKIE, theme, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_POST
def stay_signed_in(request: HttpRequest) -> HttpResponse:
    """Renew the idle period of the session; an absolute limit set elsewhere still ends it."""
    request.session.modified = True
    return HttpResponse(status=204)


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
