"""The monthly review: making it, answering its questions, signing it, taking it along."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcrm import access, audit
from lawcrm.doors import safe_writer
from lawcrm.models import LogQuestion, LogReview, LogReviewAnswer
from lawcrm.review import monthly
from lawcrm.review.forms import AnswerForm, MonthForm
from lawcrm.review.questions import READY
from lawcrm.review.views import MAY, tabs
from lawcrm.sign_in import needs_step_up, needs_step_up_to_send

SIGNS = "lawcrm.sign_review"
COLUMNS = ("question", "name", "count", "entries_sha256", "finding", "comment", "by")


@require_safe
@access.requires(MAY)
def months(request: HttpRequest) -> HttpResponse:
    reviews = list(LogReview.objects.select_related("signed_by", "made_by").order_by("-month")[:60])
    today = timezone.localdate()
    begun = {review.month for review in reviews}
    context = {
        "tabs": tabs("months"),
        "reviews": reviews,
        "open_months": [month for month in monthly.unsigned(today) if month not in begun],
        "may_sign": _may_sign(request),
        "late": monthly.late(today),
    }
    return render(request, "review/months.html", context)


@require_POST
@access.requires(SIGNS)
def make(request: HttpRequest) -> HttpResponse:
    form = MonthForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a month."))
        return redirect("review:months")
    try:
        review = monthly.make_review(actor=_person(request), month=form.cleaned_data["month"], now=timezone.now())
    except audit.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("review:months")
    return redirect("review:month", public_id=review.public_id)


@require_safe
@access.requires(MAY)
def month(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _review(public_id))


@require_POST
@access.requires(SIGNS)
def answer(request: HttpRequest, public_id: UUID, question: str) -> HttpResponse:
    review = _review(public_id)
    asked = get_object_or_404(LogReviewAnswer, review=review, question=question)
    form = AnswerForm(request.POST, prefix=question)
    if form.is_valid():
        try:
            monthly.answer(actor=_person(request), answer=asked, **form.cleaned_data, now=timezone.now())
        except audit.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(f"{reverse('review:month', args=[public_id])}#{question}")
    return _page(request, review, {question: form}, status=422)


@require_POST
@needs_step_up_to_send
@access.requires(SIGNS)
def sign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    try:
        monthly.sign(actor=_person(request), review=_review(public_id), now=timezone.now())
    except audit.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Signed. A later change would be found."))
    return redirect("review:month", public_id=public_id)


@require_safe
@needs_step_up
@access.requires(MAY)
def export(_request: HttpRequest, public_id: UUID, form: str) -> HttpResponse:
    """What was signed, with the hash that stands in the journal."""
    review = get_object_or_404(LogReview, public_id=public_id, signed_at__isnull=False)
    record: dict[str, Any] = review.record or {}
    text, media = _as_json(record) if form == "json" else _as_table(record)
    response = HttpResponse(text, content_type=f"{media}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="review-{review.month:%Y-%m}.{form}"'
    return response


def _as_json(record: dict[str, Any]) -> tuple[str, str]:
    signed = {"record": record, "sha256": audit.digest(record)}
    return json.dumps(signed, ensure_ascii=False, indent=1), "application/json"


def _as_table(record: dict[str, Any]) -> tuple[str, str]:
    rows = [[str(answer[column]) for column in COLUMNS] for answer in record["answers"]]
    signature = {"signed_by": record["signed_by"], "signed_at": record["signed_at"], "sha256": audit.digest(record)}
    return "".join(safe_writer.csv_lines(COLUMNS, [*rows, *map(list, signature.items())])), "text/csv"


def _review(public_id: UUID) -> LogReview:
    return get_object_or_404(LogReview.objects.select_related("signed_by", "made_by"), public_id=public_id)


def _page(
    request: HttpRequest, review: LogReview, forms: dict[str, AnswerForm] | None = None, status: int = 200
) -> HttpResponse:
    answers = list(monthly.answers_of(review))
    given = forms or {}
    kept = {str(pk) for pk in LogQuestion.objects.filter(is_shared=True).values_list("public_id", flat=True)}
    rows = [
        (answer, _why(answer), _entries(review, answer, kept), given.get(answer.question) or _form(answer))
        for answer in answers
    ]
    context = {
        "tabs": tabs("months"),
        "review": review,
        "rows": rows,
        "open_ones": sum(not answer.finding for answer in answers),
        "may_sign": _may_sign(request) and not review.is_signed,
        "digest": audit.digest(review.record) if review.is_signed else "",
    }
    return render(request, "review/month.html", context, status=status)


def _form(answer: LogReviewAnswer) -> AnswerForm:
    return AnswerForm(prefix=answer.question, initial={"finding": answer.finding, "comment": answer.comment})


def _why(answer: LogReviewAnswer) -> str:
    if answer.question == monthly.VOLUME:
        return _("Far more than the person's own usual day and everybody else's.")
    return str(READY[answer.question].why) if answer.question in READY else ""


def _entries(review: LogReview, answer: LogReviewAnswer, kept: set[str]) -> str:
    """Where its entries can be looked at; "" for a kept question that is gone."""
    if answer.question == monthly.VOLUME:
        address = reverse("review:volume")
    elif answer.question in READY:
        address = reverse("review:ready", args=[answer.question])
    elif answer.question in kept:
        address = reverse("review:kept", args=[answer.question])
    else:
        return ""
    return f"{address}?month={review.month:%Y-%m-%d}"


def _may_sign(request: HttpRequest) -> bool:
    return SIGNS in _person(request).role_permissions()


def _person(request: HttpRequest) -> Any:
    return request.user
