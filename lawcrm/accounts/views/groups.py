"""Practice groups: what there is, who is in one, and what its keepers decide."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcrm import access, audit
from lawcrm.accounts import groups
from lawcrm.accounts.actions import practice
from lawcrm.accounts.group_forms import GroupReasonForm, JoinForm, NewGroupForm, RenameGroupForm
from lawcrm.accounts.models import Membership, User
from lawcrm.crypto.marks import mark, marked
from lawcrm.sign_in import needs_step_up_to_send

# Who gives access to matters must know whom a group brings along.
READING = (practice.KEEPS, "matters.grant_access")


@require_safe
@access.requires(*READING)
def group_list(request: HttpRequest) -> HttpResponse:
    context = {"rows": groups.listed(), "may_form": practice.KEEPS in _person(request).role_permissions()}
    return render(request, "accounts/groups.html", context)


@require_safe
@access.requires(*READING)
def group(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = _load(public_id)
    context = {"group": found, "standing": _standing(request, found)}
    rows = {"members": groups.memberships(found), "former": groups.memberships(found, former=True)}
    return render(request, "accounts/group.html", context | rows)


@needs_step_up_to_send
@access.requires(practice.KEEPS)
def form_group(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    form = NewGroupForm(request.POST or None, people=groups.who_may_join().exclude(pk=person.pk))
    if form.is_valid():
        made = _tried(form, practice.form_group, actor=person, **form.cleaned_data)
        if made is not None:
            messages.success(request, _("The group is formed. Its keeper adds the members."))
            return redirect("accounts:group", made.kind.public_id)
    note = _("A practice group sees the matters given to it. Who belongs to it is decided by its keepers.")
    return _form(request, form, _("Form a practice group"), _("Form group"), reverse("accounts:groups"), note=note)


@needs_step_up_to_send
@access.requires(*READING)
def add_members(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found, person = _kept(request, public_id), _person(request)
    form = JoinForm(request.POST or None, people=groups.who_may_join(found).exclude(pk=person.pk))
    if form.is_valid():
        values = form.cleaned_data
        users, reason = values["people"], values["reason"]
        _tried(form, practice.add_members, actor=person, group=found, users=users, reason=reason)
        if not form.errors:
            return _done(request, found, _("Added."))
    return _form(request, form, _("Add members"), _("Add members"), _url(found), group=found)


@needs_step_up_to_send
@access.requires(*READING)
def rename(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = _kept(request, public_id)
    form = RenameGroupForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        _tried(form, practice.rename_group, actor=_person(request), group=found, **form.cleaned_data)
        if not form.errors:
            return _done(request, found, _("Renamed."))
    return _form(request, form, _("Rename the group"), _("Rename"), _url(found), group=found)


@needs_step_up_to_send
@access.requires(*READING)
def dissolve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found, person = _load(public_id), _person(request)
    if not _standing(request, found).may_dissolve:
        raise PermissionDenied(str(practice.NotKeeper()))
    form = GroupReasonForm(request.POST or None)
    if form.is_valid():
        _tried(form, practice.dissolve_group, actor=person, group=found, **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("The group is dissolved."))
            return redirect("accounts:groups")
    note = _(
        "All leave at once. What the group was given is taken back: members keep only what they were given "
        "themselves, and each matter keeps its responsible lawyer. This is not undone."
    )
    heading = _("Dissolve the group")
    return _form(request, form, heading, _("Dissolve"), _url(found), group=found, note=note, kind="danger")


CHANGES: dict[str, tuple[Callable[..., Any], Any, str]] = {
    "remove": (practice.remove_member, lambda: _("Remove from the group"), "danger"),
    "keep": (practice.name_keeper, lambda: _("Make keeper of the group"), "main"),
    "release": (practice.end_keeping, lambda: _("End keeping the group"), "main"),
}


@require_POST
@access.requires(*READING)
def change_member(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asked for with the member in a POST first, then sent with the reason: ids of people stay out of addresses."""
    found = _load(public_id)
    asked = marked(Membership, request.POST.get("member", ""))
    membership = found.memberships.filter(until=None, pk=asked).select_related("user").first()
    what = request.POST.get("what", "")
    if membership is None or what not in CHANGES:
        raise Http404
    action, words, kind = CHANGES[what]
    form = GroupReasonForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        _tried(form, action, actor=_person(request), group=found, user=membership.user, **form.cleaned_data)
        if not form.errors:
            return _done(request, found, _("Done."))
    heading = f"{words()}: {membership.user.full_name}"
    hidden = {"member": mark(membership), "what": what}
    return _form(request, form, heading, words(), _url(found), group=found, kind=kind, hidden=hidden)


class _Standing:
    """What this person may do in a group."""

    def __init__(self, person: User, group: Group) -> None:
        keepers = set(practice.keepers_of(group).values_list("user_id", flat=True))
        self.is_keeper = person.pk in keepers
        self.may_dissolve = self.is_keeper or (not keepers and practice.KEEPS in person.role_permissions())
        self.may_name_keeper = self.may_dissolve
        self.is_orphan = not keepers


def _standing(request: HttpRequest, group: Group) -> _Standing:
    return _Standing(_person(request), group)


def _load(public_id: UUID) -> Group:
    found = groups.existing().filter(kind__public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _kept(request: HttpRequest, public_id: UUID) -> Group:
    found = _load(public_id)
    if not _standing(request, found).is_keeper:
        raise PermissionDenied(str(practice.NotKeeper()))
    return found


def _tried(form: Any, action: Callable[..., Any], **values: Any) -> Any:
    try:
        return action(**values, now=timezone.now())
    except audit.Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _form(request: HttpRequest, form: Any, heading: str, label: str, cancel: str, **context: Any) -> HttpResponse:
    known = {"note": "", "kind": "main", "group": None, "hidden": {}, **context}
    facts = {"form": form, "heading": heading, "label": label, "cancel": cancel}
    return render(request, "accounts/group_form.html", known | facts, status=422 if form.errors else 200)


def _done(request: HttpRequest, group: Group, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(_url(group))


def _url(group: Group) -> str:
    return reverse("accounts:group", args=[group.kind.public_id])


def _person(request: HttpRequest) -> User:
    person: Any = request.user
    return person  # type: ignore[no-any-return]
