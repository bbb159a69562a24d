"""The control sheet of a day: looked through, signed, printed."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from deadlines import printing
from deadlines.actions import signing
from deadlines.forms.sheet import SignForm
from deadlines.models import SignedSheet
from deadlines.queries import sheet as sheets
from deadlines.views import calendar, frame
from lawcrm import access, audit
from lawcrm.sign_in import needs_step_up
from matters.actions.refused import Refused

SIGNED_SHOWN = 10


@require_safe
@access.requires(frame.READING)
def sheet(request: HttpRequest) -> HttpResponse:
    return _page(request, SignForm())


@require_POST
@access.requires(frame.CONFIRMING)
def sign(request: HttpRequest) -> HttpResponse:
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            signing.sign_sheet(
                actor=frame.person(request),
                sheet=_sheet(request),
                is_own=_is_own(request),
                **form.cleaned_data,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error("note" if isinstance(refusal, signing.StillOpen) else None, str(refusal))
        else:
            messages.success(request, _("Signed."))
            return redirect(_at(request, "sheet"))
    return _page(request, form, status=422)


@require_POST
@needs_step_up
@access.requires(frame.READING)
def printed(request: HttpRequest) -> HttpResponse:
    """The sheet leaves the house: each row on it is noted."""
    found, person = _sheet(request), frame.person(request)
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


def _page(request: HttpRequest, form: SignForm, status: int = 200) -> HttpResponse:
    found, person = _sheet(request), frame.person(request)
    audit.read_listed(found.rows)
    mine = SignedSheet.objects.filter(signed_by=person, day=found.on, is_own=_is_own(request))
    day = found.on
    context = {
        "title": _title(found),
        "lede": lede(found),
        "sheet": found,
        "seen": audit.digest(signing.record_of(found)),
        "form": form,
        "signed": list(mine.order_by("-signed_at")[:SIGNED_SHOWN]),
        "may_sign": frame.may(request, frame.CONFIRMING) and day <= timezone.localdate(),
        "tabs": frame.tabs(request, "sheet"),
        "is_mine": _is_own(request),
        "sign_url": _at(request, "sign_sheet"),
        "print_url": _at(request, "print_sheet"),
        "mine_url": _at(request, "sheet", who="mine"),
        "all_url": _at(request, "sheet", who=""),
        "earlier_url": _at(request, "sheet", on=calendar.neighbour(day, -1)),
        "later_url": _at(request, "sheet", on=calendar.neighbour(day, 1)),
        "today_url": _at(request, "sheet", on=""),
    }
    return render(request, "deadlines/sheet.html", context, status=status)


def _sheet(request: HttpRequest) -> sheets.Sheet:
    who = frame.person(request).pk if _is_own(request) else None
    return sheets.of_day(calendar.day_of(request), who=who)


def _is_own(request: HttpRequest) -> bool:
    return request.GET.get("who") == "mine"


def _title(found: sheets.Sheet) -> str:
    return _("Control sheet, %s") % date_format(found.on, pgettext("date as a title", "l j F"))


def lede(found: sheets.Sheet) -> str:
    """The day in a sentence, as it is said at the door in the evening."""
    count = len(found.open_ones)
    if not count:
        return _("Nothing of this day is open.")
    words = ngettext("%(count)d entry is still open.", "%(count)d entries are still open.", count)
    return words % {"count": count}


def _at(request: HttpRequest, name: str, **changed: str) -> str:
    chosen: dict[str, Any] = {"on": calendar.day_of(request).isoformat(), "who": "mine" if _is_own(request) else ""}
    query = urlencode({key: value for key, value in (chosen | changed).items() if value})
    return f"{reverse(f'deadlines:{name}')}?{query}" if query else reverse(f"deadlines:{name}")
