"""Asking for the second factor again, without losing what was about to be sent."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters

from lawcrm.accounts import queries, step_up, webauthn
from lawcrm.accounts.actions import signing_in
from lawcrm.accounts.forms import StepUpForm
from lawcrm.accounts.throttling import Throttled
from lawcrm.accounts.views.giving import counted, mark_again, passkey_given
from lawcrm.accounts.views.sign_in import destination

# Fields of the asking itself; everything else in a request is what the person typed.
OWN = (f"{StepUpForm.prefix}-", "csrfmiddlewaretoken")
HEADER = "X-Step-Up"


def meet(request: HttpRequest) -> HttpResponse | None:
    """The answer that asks, or None when the view may go on; called before the view by the middleware."""
    if step_up.is_fresh(request, timezone.now()):
        return None
    if "HX-Request" in request.headers:
        # js/session.js asks in a dialog and sends the part again; the page stays as it is.
        return HttpResponse(status=403, headers={HEADER: "ask"})
    if request.method in step_up.SAFE_METHODS:
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('accounts:step_up')}?{query}")
    form = form_of(request, request.POST if asked_before(request) else None)
    if form.is_valid() and proven(request, form):
        request.POST = typed(request.POST)  # type: ignore[assignment]
        return None
    return page(request, form, list(kept(request.POST)), status=422 if form.errors else 403)


@transaction.non_atomic_requests  # the count of failed attempts must survive the failure
@sensitive_post_parameters("step_up-code")
def again(request: HttpRequest) -> HttpResponse:
    """Asked on the way to a page, or by the script of a page that is about to send something."""
    form = form_of(request, request.POST or None)
    done = form.is_valid() and proven(request, form)
    if "application/json" in request.headers.get("Accept", ""):
        said = [str(sentence) for sentences in form.errors.values() for sentence in sentences]
        return JsonResponse({"done": done, "said": " ".join(said), "token": get_token(request)})
    if done:
        return HttpResponseRedirect(destination(request))
    return page(request, form, [], status=422 if form.errors else 200)


def page(request: HttpRequest, form: StepUpForm, carried: list[tuple[str, str]], *, status: int) -> HttpResponse:
    context = {"form": form, "carried": carried, "files": bool(request.FILES), "site": webauthn.site()}
    return render(request, "accounts/step_up.html", context, status=status)


def form_of(request: HttpRequest, data: QueryDict | None) -> StepUpForm:
    user: Any = request.user
    return StepUpForm(data, has_app=True, has_passkey=bool(queries.passkeys_of(user)))


def proven(request: HttpRequest, form: StepUpForm) -> bool:
    """Whether a factor was given; the session then holds it, under a new key."""
    user: Any = request.user
    given, now = form.cleaned_data, timezone.now()
    try:
        if given["passkey"]:
            device: Any = passkey_given(request, given["passkey"], signing_in.STEPPED_UP)
        else:
            device = counted(request, lambda: signing_in.step_up(actor=user, code=given["code"], now=now))
    except (Throttled, signing_in.WrongCode) as refusal:
        form.add_error(None if given["passkey"] else "code", str(refusal))
        if not request.session.exists(request.session.session_key or ""):
            request.session.flush()  # a copied passkey has just ended it
        return False
    mark_again(request, device)
    return True


def asked_before(request: HttpRequest) -> bool:
    return any(name.startswith(OWN[0]) for name in request.POST)


def kept(post: QueryDict) -> list[tuple[str, str]]:
    """What was typed, as fields of the page that asks."""
    return [(name, str(value)) for name, values in post.lists() if not name.startswith(OWN) for value in values]


def typed(post: QueryDict) -> QueryDict:
    """The request as it would have come without being asked in between."""
    rest = post.copy()
    for name in [name for name in rest if name.startswith(OWN[0])]:
        del rest[name]
    rest._mutable = False
    return rest
