"""What would this person see? Counts and numbers for an administrator, never content."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lawcrm import access
from lawcrm.sign_in import needs_step_up
from matters.actions import see_as
from matters.forms.see_as import SeeAsForm


@needs_step_up
@access.requires("accounts.see_as")
def ask(request: HttpRequest) -> HttpResponse:
    """The person is in a POST: who is asked about stays out of addresses and logs."""
    actor: Any = request.user
    form = SeeAsForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        person, number = form.cleaned_data["person"], form.cleaned_data["number"]
        seen, answer = see_as.ask(actor=actor, person=person, number=number, now=timezone.now())
        context |= {"person": person, "seen": seen, "answer": answer}
    return render(request, "matters/see_as.html", context, status=422 if form.errors else 200)
