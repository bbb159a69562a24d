"""Pages of break-glass: asking, confirming, what came of it, ending it; and what other pages show of it."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.sign_in import needs_step_up
from matters.actions import break_glass as actions
from matters.actions.refused import Refused
from matters.forms.break_glass import AskForm
from matters.models import BreakGlassRequest, Matter
from matters.queries import break_glass

SHOWN = 100
ANSWERS: dict[str, tuple[Callable[..., None], str | Promise]] = {
    "confirm": (actions.confirm, gettext_lazy("Confirmed.")),
    "refuse": (actions.refuse, gettext_lazy("Refused.")),
    "take_back": (actions.take_back, gettext_lazy("Taken back.")),
}


@require_safe
@access.requires(break_glass.BREAKING, break_glass.REVIEWING)
def request_list(request: HttpRequest) -> HttpResponse:
    context = {
        "requests": list(break_glass.requests()[:SHOWN]),
        "may_ask": break_glass.is_entitled(_person(request)),
        "now": timezone.now(),
    }
    return render(request, "matters/break_glass/list.html", context)


@access.requires(break_glass.BREAKING)
@needs_step_up
def ask(request: HttpRequest) -> HttpResponse:
    if not break_glass.is_entitled(_person(request)):
        raise PermissionDenied(str(actions.NotEntitled()))
    form = AskForm(request.POST or None, asker=_person(request))
    if form.is_valid():
        try:
            asked = actions.ask(actor=_person(request), now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Asked. It takes effect once the second person has confirmed it."))
            return redirect("matters:break_glass_one", asked.public_id)
    elif form.is_bound:
        audit.form_refused("break_glass.asked", _person(request), form)
    return render(request, "matters/break_glass/ask.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@access.requires(break_glass.BREAKING, break_glass.REVIEWING)
def one(request: HttpRequest, asked: UUID) -> HttpResponse:
    """The second person sees the request and nothing of what came of it, also if they could elsewhere."""
    row = get_object_or_404(break_glass.requests(), public_id=asked)
    person = _person(request)
    is_open = row.answer == "" and row.closes_at > timezone.now()
    context: dict[str, Any] = {
        "asked": row,
        "crumbs": [{"url": reverse("matters:break_glass"), "label": _("Break-glass")}],
        "glass": None,
        "now": timezone.now(),
        "may_answer": is_open and row.confirmer_id == person.pk,
        "may_take_back": is_open and row.asker_id == person.pk,
    }
    if row.confirmer_id != person.pk:
        context |= _outcome(row, person)
    return render(request, "matters/break_glass/one.html", context)


def _outcome(row: BreakGlassRequest, person: User) -> dict[str, Any]:
    glass = break_glass.effect_of(row)
    matter = Matter.objects.filter(pk=glass.matter_id if glass else 0).first()
    if matter is not None:
        audit.read(matter)
    readings = break_glass.readings_of(glass) if glass and row.asker_id != person.pk else []
    return {"glass": glass, "matter": matter, "readings": readings, "is_officer": row.asker_id != person.pk}


@require_POST
@access.requires(break_glass.BREAKING)
@needs_step_up
def answer(request: HttpRequest, asked: UUID) -> HttpResponse:
    row = get_object_or_404(BreakGlassRequest, public_id=asked)
    chosen = next((name for name in ANSWERS if name in request.POST), "")
    if not chosen:
        return redirect("matters:break_glass_one", asked)
    act, said = ANSWERS[chosen]
    try:
        act(actor=_person(request), asked=row, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, str(said))
    return redirect("matters:break_glass_one", asked)


@require_POST
def end(request: HttpRequest, glass: UUID) -> HttpResponse:
    row = get_object_or_404(break_glass.effects(), public_id=glass)
    ending = break_glass.may_end(row, _person(request))
    if ending is None:
        raise PermissionDenied(_("Only its holder, those who manage the matter, and the officers may end it."))
    try:
        actions.end(actor=_person(request), glass=row, ending=ending, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The break-glass has ended."))
    matter = Matter.objects.filter(pk=row.matter_id).first()
    return redirect("matters:access", matter.public_id) if matter else redirect("today")


def banner(request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    """On every page of the matter, for the holder as for the team."""
    person = _person(request)
    rows = break_glass.running_in(matter)
    others = [row for row in rows if row.holder_id != person.pk]
    own = next((row for row in rows if row.holder_id == person.pk), None) if break_glass.until_of(matter) else None
    return {"own": own, "others": others} if own or others else None


def card(request: HttpRequest) -> dict[str, Any] | None:
    """On the front page: what waits for this person's answer, and what runs and concerns them."""
    held = _person(request).role_permissions()
    if not held & {break_glass.BREAKING, break_glass.REVIEWING}:
        return None
    waiting = break_glass.waiting_for(_person(request)) if break_glass.BREAKING in held else []
    running = break_glass.concerning(_person(request))
    if not waiting and not running:
        return None
    numbers = break_glass.numbers_of(running) if running else {}
    return {"waiting": waiting, "running": [(row, numbers.get(row.matter_id, "")) for row in running]}


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
