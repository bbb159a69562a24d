"""The views of the frame itself: finding, choosing a theme, staying signed in."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from lawcrm import ui
from lawcrm.accounts import factor_rules, step_up
from lawcrm.sign_in import leaves_session, open_to_anyone

YEAR = 365 * 24 * 3600
LONGEST_SEARCH = 200


@require_POST
def search_palette(request: HttpRequest) -> HttpResponse:
    """What Ctrl-K finds while somebody types."""
    groups = ui.search.groups(request, _sought(request))
    return render(request, "ui/palette_results.html", {"groups": groups})


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """The same on a page, for browsers without a script. Posted: a name stays out of addresses."""
    text = _sought(request)
    groups = [group for group in ui.search.groups(request, text) if group["hits"]]
    return render(request, "ui/search.html", {"text": text, "groups": groups})


def _sought(request: HttpRequest) -> str:
    return request.POST.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]


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


@require_safe
@open_to_anyone
@leaves_session
def session_state(request: HttpRequest) -> JsonResponse:
    """Whether a form may be sent now and as whom; asked by js/session.js before it sends one."""
    shell = ui.Shell(request)
    if not shell.signed_in or factor_rules.blocks(request):
        return JsonResponse({"alive": False})
    fresh = step_up.is_fresh(request, timezone.now())
    return JsonResponse({"alive": True, "person": shell.marker, "token": get_token(request), "fresh": fresh})


@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where signing in from beside a half-written form ends."""
    return render(request, "ui/signed_in.html")


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
