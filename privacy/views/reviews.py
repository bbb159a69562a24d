"""Answering access reviews: what waits, one review, several at once with a preview."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lawcrm import access, audit
from lawcrm.crypto.marks import mark
from privacy.actions.reviews import answering
from privacy.actions.reviews.refused import ReviewRefused
from privacy.forms.reviews import BulkForm, answers_from, chosen_ids, previewed_answers
from privacy.models import GroupReview, MatterReview
from privacy.queries import reviewing, reviews
from privacy.views.frame import SHOWN, user_of

MATTERS = "matters.grant_access"


@require_safe
@access.requires(MATTERS)
def waiting(request: HttpRequest) -> HttpResponse:
    found = list(_matters(request)[:SHOWN])
    rules = reviewing.rules()
    listed = [(one, one.review.answer_by(rules)) for one in reviews.with_open_rows(found, timezone.now())]
    context = {"listed": listed, "more": len(found) == SHOWN, "tabs": _tabs(request, "reviews")}
    return render(request, "privacy/reviews/waiting_list.html", context)


def _matters(request: HttpRequest) -> Any:
    return reviews.matters_waiting(user_of(request)).select_related("matter", "owner").defer("matter__summary")


@require_POST
@access.requires(MATTERS)
def preview(request: HttpRequest) -> HttpResponse:
    """What would be kept and removed, row by row; sent on with `confirm` it is done."""
    form = BulkForm(request.POST)
    chosen = list(_matters(request).filter(public_id__in=chosen_ids(request.POST))[:SHOWN])
    listed = reviews.with_open_rows(chosen, timezone.now())
    valid = form.is_valid()
    if not listed:
        messages.warning(request, _("Choose at least one review that still waits for you."))
        return redirect("privacy:reviews")
    if valid and "confirm" in request.POST:
        return _answer_all(request, form, listed)
    removes = form.data.get("plan") != "keep"
    context = {"form": form, "listed": listed, "removes": removes and any(one.unused for one in listed)}
    return render(request, "privacy/reviews/preview.html", context, status=422 if "confirm" in request.POST else 200)


def _answer_all(request: HttpRequest, form: BulkForm, listed: list[reviews.Waiting]) -> HttpResponse:
    given = [(one.review, previewed_answers(request.POST, one, form.cleaned_data["reason"])) for one in listed]
    outcome = answering.answer_all(actor=user_of(request), given=given, now=timezone.now())
    _say(request, outcome)
    for number, words in outcome.words:
        messages.warning(request, f"{number}: {words}")
    return redirect("privacy:reviews")


@require_http_methods(["GET", "POST"])
@access.requires(MATTERS)
def matter_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(
        MatterReview.objects.select_related("matter", "owner").defer("matter__summary"), public_id=public_id
    )
    if not answering.manages(found):
        raise PermissionDenied(_("Only those who manage this matter may see who was asked about it."))
    audit.read(found.matter)
    return _review(request, found, reviews.rows_of(found, timezone.now()), "privacy:matter_review")


@require_safe
def groups_waiting(request: HttpRequest) -> HttpResponse:
    if user_of(request).is_external:
        raise PermissionDenied(_("This page is for the firm's own people."))
    rules = reviewing.rules()
    listed = [(review, review.answer_by(rules)) for review in reviews.groups_waiting(user_of(request))]
    return render(request, "privacy/reviews/groups.html", {"listed": listed, "tabs": _tabs(request, "group_reviews")})


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """For those who are asked about matters: they may keep a practice group as well."""
    if MATTERS not in user_of(request).role_permissions():
        return []
    pages = [("reviews", _("Matters")), ("group_reviews", _("Roles and groups"))]
    return [
        {"url": reverse(f"privacy:{name}"), "label": label, "count": "", "current": name == current}
        for name, label in pages
    ]


@require_http_methods(["GET", "POST"])
def group_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(GroupReview.objects.select_related("group"), public_id=public_id)
    if not answering.may_answer(user_of(request), found):
        raise Http404
    return _review(request, found, reviews.group_rows_of(found, timezone.now()), "privacy:group_review")


def _review(request: HttpRequest, found: Any, rows: list[reviews.Row], here: str) -> HttpResponse:
    """One review: answered in part it is left and continued, answered whole it is closed and signed."""
    status, back = 200, "privacy:reviews" if isinstance(found, MatterReview) else "privacy:group_reviews"
    if request.method == "POST":
        try:
            outcome = answering.answer(
                actor=user_of(request),
                review=found,
                answers=answers_from(request.POST, rows),
                now=timezone.now(),
            )
        except ReviewRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(here, found.public_id)
        _say(request, outcome)
        if not outcome.refused:
            return redirect(here, found.public_id) if not outcome.closed else redirect(back)
        status = 422
        rows = _with_refusals(request, found, outcome.refused)
    context = {
        "review": found,
        "rows": rows,
        "of_matter": isinstance(found, MatterReview),
        "mine": not found.is_closed and answering.may_answer(user_of(request), found),
        "answer_by": found.answer_by(reviewing.rules()),
        "left": sum(row.item.is_open for row in rows),
        "used_left": sum(row.is_open and not row.is_unused for row in rows),
        "crumbs": [{"url": reverse(back), "label": _("Access reviews")}],
        "back": reverse(back),
    }
    return render(request, "privacy/reviews/review.html", context, status=status)


def _with_refusals(request: HttpRequest, found: Any, refused: dict[int, str]) -> list[reviews.Row]:
    """Asked again: what was taken stands there as answered, what was refused says why and keeps what was typed."""
    asked = reviews.rows_of if isinstance(found, MatterReview) else reviews.group_rows_of
    rows = asked(found, timezone.now())
    for row in rows:
        row.refusal = refused.get(row.item.pk, "")
        row.was_said = request.POST.get(f"answer-{mark(row.item)}", "")
        if row.is_open:
            row.item.reason = request.POST.get(f"reason-{mark(row.item)}", "")
    return rows


def _say(request: HttpRequest, outcome: answering.Outcome) -> None:
    if outcome.closed:
        messages.success(request, _("Answered. The review is closed and its record signed."))
    elif outcome.taken or outcome.gone:
        taken = outcome.taken + outcome.gone
        said = ngettext(
            "%(n)d answer is kept. Go on whenever you like.", "%(n)d answers are kept. Go on whenever you like.", taken
        )
        messages.success(request, said % {"n": taken})
    elif not outcome.refused:
        messages.info(request, _("Nothing was chosen, so nothing was changed."))
