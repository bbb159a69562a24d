"""How far access reviews have come, for the data protection officer: numbers, records, rules."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lawcrm import access
from lawcrm.doors import safe_writer
from lawcrm.sign_in import needs_step_up
from lawcrm.ui_chart import Bar, BarChart
from privacy.actions.reviews import opening
from privacy.forms.reviews import ExportForm, RulesForm
from privacy.queries import oversight, reviewing
from privacy.queries.reviews import period
from privacy.views.frame import SHOWN, may, tabs, user_of

OVERSEE = "privacy.oversee_reviews"
HEADER = ("subject", "review", "cause", "opened", "closed", "who", "answer", "by", "at", "unused", "sha256")


def _page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"tabs": tabs(request, "reviews_overview"), **context}
    return render(request, f"privacy/reviews/{name}.html", shown, status=status)


@require_safe
@access.requires(OVERSEE)
def overview(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    matters, groups = oversight.coverage_of_matters(now), oversight.coverage_of_groups(now)
    rules = reviewing.rules()
    context: dict[str, Any] = {
        "matters": matters,
        "groups": groups,
        "chart": _chart(matters),
        "answers": oversight.answers_since(period(rules.matter_days, now)),
        "late": oversight.late()[:SHOWN],
        "passed_on": oversight.passed_on()[:SHOWN],
        "rules": rules,
        "may_set": may(request, "set_reviews"),
    }
    return _page(request, "overview", **context)


def _chart(coverage: oversight.Coverage) -> BarChart:
    bars = [
        Bar(_("Reviewed"), coverage.reviewed, "ok", _("Reviewed in this period")),
        Bar(_("Waiting"), coverage.waiting, "", _("Asked, answer awaited")),
        Bar(_("Overdue"), coverage.overdue, "warn", _("Asked three times")),
        Bar(_("Passed on"), coverage.passed_on, "danger", _("Passed on to somebody else")),
        Bar(_("Not yet"), coverage.not_yet, "quiet", _("Its day has not come")),
    ]
    return BarChart(_("Matters by state of their access review"), bars, (_("State"), _("Matters")), values=True)


@require_safe
@access.requires(OVERSEE)
def records(request: HttpRequest) -> HttpResponse:
    """The latest closed reviews as they were signed; made to be printed."""
    found = oversight.records_since(timezone.localdate(period(reviewing.rules().matter_days, timezone.now())), SHOWN)
    people, groups = oversight.names_in(found)
    listed = [(record, oversight.answers_in(record, people, groups)) for record in found]
    return _page(request, "records", listed=listed)


@require_http_methods(["GET", "POST"])
@needs_step_up
@access.requires(OVERSEE)
def export(request: HttpRequest) -> HttpResponse:
    form = ExportForm(request.POST or None)
    if not (form.is_bound and form.is_valid()):
        return _page(request, "export", 422 if form.errors else 200, form=form)
    data = form.cleaned_data
    found = oversight.records_since(data["since"])
    opening.note_export(actor=user_of(request), reason=data["reason"], count=len(found))
    name = f"access-reviews-{timezone.localdate():%Y-%m-%d}.{data['kind']}"
    lines = _json(found) if data["kind"] == "json" else safe_writer.csv_lines(HEADER, _rows(found))
    kind = "application/json" if data["kind"] == "json" else "text/csv; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=kind, headers=headers)  # type: ignore[return-value]


def _rows(found: list[oversight.Record]) -> Iterator[tuple[safe_writer.Cell, ...]]:
    people, groups = oversight.names_in(found)
    for record in found:
        content: dict[str, Any] = record.content
        head = (record.subject, content["review"], content["cause"], content["opened_at"], content["closed_at"])
        for one in oversight.answers_in(record, people, groups):
            yield (*head, one.who, one.answer, one.by, one.at, one.is_unused, record.sha256)


def _json(found: list[oversight.Record]) -> Iterator[str]:
    """The records as they were signed, so that anybody can compute the hash, and the names of those in them."""
    people, groups = oversight.names_in(found)
    yield json.dumps(
        {
            "records": [{"record": record.content, "sha256": record.sha256} for record in found],
            "people": people,
            "groups": groups,
        },
        ensure_ascii=False,
        indent=1,
    )


@require_http_methods(["GET", "POST"])
@access.requires("privacy.set_reviews")
def rules(request: HttpRequest) -> HttpResponse:
    form = RulesForm(request.POST or None, initial=vars(reviewing.rules()))
    if request.method == "POST" and form.is_valid():
        opening.set_rules(actor=user_of(request), values=form.cleaned_data, now=timezone.now())
        messages.success(request, _("The rules hold from the next day of the schedule on."))
        return redirect("privacy:reviews_overview")
    return _page(request, "rules", 422 if form.errors else 200, form=form)
