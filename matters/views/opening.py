"""Opening a matter."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from lawcrm import access
from lawcrm.accounts.models import User
from matters.actions.opening import AlreadyOpened, open_matter
from matters.actions.refused import Refused
from matters.forms.once import tell_refused
from matters.forms.opening import OpeningForm
from matters.forms.picker import pick
from matters.models import Matter

PICKERS = ("client", "adverse", "court", "contact")


@access.requires("matters.open_matter")
def new(request: HttpRequest) -> HttpResponse:
    """The button "Find" comes back with what was found and everything else as it was typed."""
    person = cast("User", request.user)
    now = timezone.now()
    starting = {"responsible": person, "opened_on": timezone.localdate(now), "jurisdiction": "DE"}
    if request.method != "POST":
        form = OpeningForm(user=person, initial=starting)
    else:
        form = OpeningForm(request.POST, user=person)
        if "find" not in request.POST and form.is_valid():
            matter = _open(person, form)
            if matter is not None:
                return redirect("matters:detail", matter.public_id)
    finding = "find" in request.POST
    context = {"form": form, "finding": finding}
    return render(request, "matters/new.html", context, status=200 if finding or not form.errors else 422)


def _open(person: User, form: OpeningForm) -> Matter | None:
    try:
        return open_matter(actor=person, wanted=form.opening(), now=timezone.now())
    except AlreadyOpened as known:
        return known.matter
    except Refused as refusal:
        tell_refused(form, refusal, person.pk)
        return None


@require_POST
@access.requires("matters.view_matter")
def find_contact(request: HttpRequest) -> HttpResponse:
    """What is offered while a name is typed."""
    name = request.POST.get("find", "")
    if name not in PICKERS:
        raise Http404
    return render(request, "matters/picker_choices.html", {"picker": pick(name, request.POST)})
