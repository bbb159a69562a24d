"""The log: what is asked of journal, read log and refusals, kept questions, and how much people read."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import LogQuestion
from lawcrm.review import asking, keeping, monthly, questions, telling
from lawcrm.review.forms import AskForm, KeepForm, MonthForm
from lawcrm.review.volume import LEAST, TIMES, Reader, volume
from lawcrm.ui_chart import Bar, BarChart

MAY = "lawcrm.view_journal"
CHARTED = timedelta(weeks=4)


def tabs(current: str) -> list[dict[str, Any]]:
    pages = (("log", _("Log")), ("volume", _("Who reads how much")), ("months", _("Monthly review")))
    return [
        {"url": reverse(f"review:{name}"), "label": label, "count": "", "current": name == current}
        for name, label in pages
    ]


@require_http_methods(["GET", "POST"])
@access.requires(MAY)
def log(request: HttpRequest) -> HttpResponse:
    """The last days, or what the form asks for."""
    if request.method == "GET":
        return _answered(request, LogQuestion(period="7", parts=[]), AskForm(), {"name": _("The last 7 days")})
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, form, None, {"name": _("Log")}, status=422)
    return _answered(request, LogQuestion(**form.kept()), form, {"name": _("Your question")})


@require_safe
@access.requires(MAY)
def ready(request: HttpRequest, code: str) -> HttpResponse:
    """A question that comes with the product."""
    if (asked := questions.READY.get(code)) is None:
        raise Http404
    question = LogQuestion(period="30", parts=list(asked.parts), out_of_hours=asked.out_of_hours)
    _for_month(request, question)
    return _answered(request, question, AskForm.showing(question), {"name": asked.name, "why": asked.why})


@require_safe
@access.requires(MAY)
def kept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    question = get_object_or_404(questions.kept_for(_person(request)).select_related("person"), public_id=public_id)
    _for_month(request, question)
    return _answered(request, question, AskForm.showing(question), {"name": question.name, "kept": question})


def _for_month(request: HttpRequest, question: LogQuestion) -> None:
    """A review asks for its own month, whatever period the question has."""
    if month := MonthForm.named_in(request):
        question.period, (question.since, question.until) = "between", monthly.days_of(month)


def _answered(request: HttpRequest, question: LogQuestion, form: AskForm, about: dict[str, Any]) -> HttpResponse:
    after = asking.Mark.read(request.POST.get("after") or request.GET.get("after", ""))
    return _page(request, form, asking.page(questions.asked_of(question, timezone.localdate()), after), about)


def _page(
    request: HttpRequest, form: AskForm, found: asking.Page | None, about: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {
        "tabs": tabs("log"),
        "chips": questions.chips(_person(request), request.path),
        "form": form,
        "keep": KeepForm(),
        "lines": telling.told(found.entries) if found else [],
        "count": _count_words(found.count) if found else "",
        "after": str(found.after) if found and found.after else "",
        "older": _older(request, found),
        "posted": request.method == "POST",
        "own": about.get("kept") is not None and about["kept"].owner_id == request.user.pk,
        "why": about.get("why", ""),
        "kept": about.get("kept"),
        "name": about["name"],
    }
    return render(request, "review/log.html", context, status=status)


def _older(request: HttpRequest, found: asking.Page | None) -> str:
    kept = {name: request.GET[name] for name in ("month",) if name in request.GET}
    return f"?{urlencode({**kept, 'after': found.after})}" if found and found.after else ""


def _count_words(count: int) -> str:
    if count > asking.MOST_COUNTED:
        return _("more than %(most)d entries") % {"most": asking.MOST_COUNTED}
    return ngettext("%(count)d entry", "%(count)d entries", count) % {"count": count}


@require_POST
@access.requires(MAY)
def keep(request: HttpRequest) -> HttpResponse:
    asked, named = AskForm(request.POST), KeepForm(request.POST)
    if not asked.is_valid() or not named.is_valid():
        messages.error(request, _("The question could not be kept: give it a name."))
        return redirect("review:log")
    question = keeping.keep_question(actor=_person(request), **named.cleaned_data, **asked.kept())
    messages.success(request, _("Kept. One click asks it again."))
    return redirect("review:kept", public_id=question.public_id)


@require_POST
@access.requires(MAY)
def drop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    question = get_object_or_404(questions.kept_for(_person(request)), public_id=public_id)
    try:
        keeping.drop_question(actor=_person(request), question=question)
    except keeping.NotYours as refusal:
        messages.error(request, str(refusal))
        return redirect("review:kept", public_id=public_id)
    messages.success(request, _("The question is gone; its answers in reviews stay."))
    return redirect("review:log")


@require_safe
@access.requires(MAY)
def reading(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Everybody who read in the last four weeks or in a month, one of them day by day."""
    until = timezone.localdate()
    since = until - CHARTED + timedelta(days=1)
    if month := MonthForm.named_in(request):
        since, until = monthly.days_of(month)
    found = volume(since, until)
    chosen = _chosen(found.readers, public_id)
    people = {person.pk: person for person in User.objects.filter(pk__in=[reader.user_id for reader in found.readers])}
    context = {
        "tabs": tabs("volume"),
        "found": found,
        "people": [(people[reader.user_id], reader) for reader in found.readers if reader.user_id in people],
        "unusual": sum(bool(reader.unusual) for reader in found.readers),
        "chosen": chosen,
        "name": people[chosen.user_id].full_name if chosen and chosen.user_id in people else "",
        "chart": _chart(chosen, since, until) if chosen else None,
        "month": month,
        "least": LEAST,
        "times": TIMES,
    }
    return render(request, "review/volume.html", context)


def _chosen(readers: list[Reader], public_id: UUID | None) -> Reader | None:
    if public_id is None:
        return readers[0] if readers else None
    person = get_object_or_404(User, public_id=public_id)
    return next((reader for reader in readers if reader.user_id == person.pk), None)


def _chart(reader: Reader, since: date, until: date) -> BarChart:
    by_day = {day.day: day.readings for day in reader.days}
    loud = {day.day for day in reader.unusual}
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    bars = [
        Bar(
            formats.date_format(day, "j.") if day.weekday() == 0 else "",
            by_day.get(day, 0),
            "warn" if day in loud else "",
            formats.date_format(day, "SHORT_DATE_FORMAT"),
        )
        for day in days
    ]
    return BarChart(_("Readings per day"), bars, (_("Day"), _("Readings")))


def _person(request: HttpRequest) -> Any:
    return request.user
