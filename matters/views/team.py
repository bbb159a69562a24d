"""The team of a matter: another level, another responsible lawyer, more time for somebody from outside."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions import responsibility, team
from matters.forms.access import ExtendForm, HandOverForm, LevelForm
from matters.models.levels import Level
from matters.views import access, frame


def change_level(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asked for with the holder in a POST first: ids of people stay out of addresses."""
    opened = frame.load(request, public_id, Level.MANAGE, access.GRANTING)
    if request.method != "POST":
        return redirect("matters:access", public_id)
    holder = _holder(opened)
    form = LevelForm(request.POST) if "reason" in request.POST else LevelForm(initial=_held(opened, holder))

    def act(values: dict[str, Any]) -> None:
        level, reason = Level(values["level"]), values["reason"]
        now = timezone.now()
        team.grant_access(actor=opened.person, matter=opened.matter, to=holder, level=level, reason=reason, now=now)

    heading = _("Change what %s may do") % _name(holder)
    return _answer(opened, form, act, "matter.access_granted", heading, _("Change"), _("Changed."))


def hand_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.MANAGE, access.GRANTING)
    form = HandOverForm(request.POST or None, matter=opened.matter)

    def act(values: dict[str, Any]) -> None:
        responsibility.hand_over_responsibility(actor=opened.person, matter=opened.matter, **values, now=timezone.now())

    note = _("The new one manages the matter from then on. Deadlines and tasks stay with those they were given to.")
    heading, label, said = _("Hand over the responsibility"), _("Hand over"), _("Handed over.")
    return _answer(opened, form, act, "matter.responsibility_handed_over", heading, label, said, note)


def extend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.MANAGE, responsibility.EXTENDS)
    if request.method != "POST":
        return redirect("matters:access", public_id)
    person: Any = _holder(opened)
    initial = {"holder": person.pk, "ends_on": getattr(person, "ends_on", None)}
    form = ExtendForm(request.POST) if "reason" in request.POST else ExtendForm(initial=initial)

    def act(values: dict[str, Any]) -> None:
        responsibility.extend_outsider(
            actor=opened.person,
            matter=opened.matter,
            user=person,
            ends_on=values["ends_on"],
            reason=values["reason"],
            now=timezone.now(),
        )

    heading = _("Extend the account of %s") % _name(person)
    return _answer(opened, form, act, "matter.outsider_extended", heading, _("Extend"), _("Extended."))


def _answer(  # noqa: PLR0913, PLR0917 - what the three pages differ in
    opened: frame.File,
    form: forms.Form,
    act: Callable[[dict[str, Any]], None],
    kind: str,
    heading: str,
    label: str,
    said: str,
    note: str = "",
) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except audit.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return access.done(opened.request, opened.matter, said)
    elif form.is_bound:
        audit.form_refused(kind, opened.matter, form)
    return access.form_page(opened, form, heading, label, note=note)


def _holder(opened: frame.File) -> team.Principal:
    """One of those who hold a grant on this matter, and nobody else."""
    text = opened.request.POST.get("holder", "")
    known = {str(holder.principal): holder.principal for holder in opened.holders}
    if text not in known:
        raise Http404
    principal = known[text]
    return User.objects.get(pk=principal) if principal > 0 else Group.objects.get(pk=-principal)


def _held(opened: frame.File, who: team.Principal) -> dict[str, Any]:
    principal = who.pk if isinstance(who, User) else -who.pk
    levels = [holder.level for holder in opened.holders if holder.principal == principal]
    return {"holder": principal, "level": levels[0]}


def _name(who: team.Principal) -> str:
    return who.full_name if isinstance(who, User) else who.name
