"""The control sheet of a day: looked through, signed, printed."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from deadlines import printing
from deadlines.actions import signing
from deadlines.forms.sheet import MINE, SignForm, WhoseForm
from deadlines.queries import sheet as sheets
from deadlines.views import calendar, frame
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.sign_in import needs_step_up
from matters.actions.refused import Refused

SIGNED_SHOWN = 10


@require_safe
@access.requires(frame.READING)
def sheet(request: HttpRequest) -> HttpResponse:
    people = sheets.people()
    return _page(request, _sheet(request, people), people, SignForm())


@require_POST
@access.requires(frame.CONFIRMING)
def sign(request: HttpRequest) -> HttpResponse:
    form, people = SignForm(request.POST), sheets.people()
    found = _sheet(request, people)
    if form.is_valid():
        try:
            signing.sign_sheet(actor=frame.person(request), sheet=found, **form.cleaned_data, now=timezone.now())
        except Refused as refusal:
            form.add_error("note" if isinstance(refusal, signing.StillOpen) else None, str(refusal))
        else:
            messages.success(request, _("Signed."))
            return redirect(_at(request, "sheet"))
    return _page(request, found, people, form, status=422)


@require_POST
@needs_step_up
@access.requires(frame.READING)
def printed(request: HttpRequest) -> HttpResponse:
    """The sheet leaves the house: each row on it is noted."""
    found, person = _sheet(request, sheets.people()), frame.person(request)
    audit.read_each(found.rows, "export")
    content = printing.paper(
        title=_title(found),
        lede=lede(found),
        sections=[(str(section.title), section.rows) for section in found.sections],
        lines=[_("Checked, date and signature"), _("Second person, date and signature")],
        by=person.full_name,
        now=timezone.now(),
    )
    name = f"control-sheet-{found.on.isoformat()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _page(
    request: HttpRequest, found: sheets.Sheet, people: list[User], form: SignForm, status: int = 200
) -> HttpResponse:
    audit.read_listed(found.rows)
    day = found.on
    context = {
        "title": _title(found),
        "lede": lede(found),
        "sheet": found,
        "seen": audit.digest(signing.record_of(found)),
        "form": form,
        "signed": sheets.signed(found, SIGNED_SHOWN),
        "may_sign": frame.may(request, frame.CONFIRMING) and day <= timezone.localdate(),
        "tabs": frame.tabs(request, "sheet"),
        "whose": _whose(request, found, people),
        "sign_url": _at(request, "sign_sheet"),
        "print_url": _at(request, "print_sheet"),
        "earlier_url": _at(request, "sheet", on=calendar.neighbour(day, -1)),
        "later_url": _at(request, "sheet", on=calendar.neighbour(day, 1)),
        "today_url": _at(request, "sheet", on=""),
    }
    return render(request, "deadlines/sheet.html", context, status=status)


def _sheet(request: HttpRequest, people: list[User]) -> sheets.Sheet:
    return sheets.of_day(calendar.day_of(request), about=_about(request, people))


def _about(request: HttpRequest, people: list[User]) -> User | None:
    """The person named in the address, None when none is; 404 for one of whom the viewer sees nothing, known or not."""
    named, viewer = request.GET.get("who", ""), frame.person(request)
    if named in {"", MINE}:
        return viewer if named else None
    found = next((person for person in (viewer, *people) if str(person.public_id) == named), None)
    if found is None:
        raise Http404
    return found


def _whose(request: HttpRequest, found: sheets.Sheet, people: list[User]) -> WhoseForm:
    viewer = frame.person(request)
    chosen = MINE if found.about == viewer else found.about and found.about.public_id
    return WhoseForm(initial={"on": found.on, "who": chosen}, others=[one for one in people if one != viewer])


def _title(found: sheets.Sheet) -> str:
    day = date_format(found.on, pgettext("date as a title", "l j F"))
    if found.about is None:
        return _("Control sheet, %s") % day
    return _("Control sheet of %(who)s, %(day)s") % {"who": found.about.full_name, "day": day}


def lede(found: sheets.Sheet) -> str:
    """The day in a sentence, as it is said at the door in the evening."""
    count = len(found.open_ones)
    if not count:
        return _("Nothing of this day is open.")
    words = ngettext("%(count)d entry is still open.", "%(count)d entries are still open.", count)
    return words % {"count": count}


def _at(request: HttpRequest, name: str, **changed: str) -> str:
    chosen = {"on": calendar.day_of(request).isoformat(), "who": request.GET.get("who", "")}
    query = urlencode({key: value for key, value in (chosen | changed).items() if value})
    return f"{reverse(f'deadlines:{name}')}?{query}" if query else reverse(f"deadlines:{name}")
