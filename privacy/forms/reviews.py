"""Answers to access reviews as they arrive from the pages, and the rules of the firm."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lawcrm.crypto.marks import mark
from privacy.actions.reviews.answering import Answer
from privacy.queries.reviews import Row, Waiting

KEEP, REMOVE = "keep", "remove"
USED = "used"
LONGEST_REASON = 300


def answers_from(data: QueryDict, rows: Iterable[Row]) -> list[Answer]:
    """What was said about the rows; a row about which nothing was said stays open. `keep=used` keeps the used ones."""
    if data.get(KEEP) == USED:
        return [Answer(row.item.pk, keep=True) for row in rows if row.is_open and not row.is_unused]
    said = ((row, data.get(f"answer-{mark(row.item)}", "")) for row in rows)
    return [
        Answer(row.item.pk, said_so == KEEP, data.get(f"reason-{mark(row.item)}", "")[:LONGEST_REASON], row.is_unused)
        for row, said_so in said
        if said_so in {KEEP, REMOVE}
    ]


class BulkForm(forms.Form):
    """Several reviews at once: keep everybody, or keep those who used it and remove the others."""

    plan = forms.ChoiceField(
        choices=[(KEEP, _("Keep everybody")), (USED, _("Keep those who used it, remove the others"))]
    )
    reason = forms.CharField(
        label=_("Why the others are removed"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Stays with each matter for those who ask later."),
    )

    @property
    def removes(self) -> bool:
        return bool(self.cleaned_data["plan"] == USED)

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if "confirm" in self.data and self.data.get("plan") == USED and not reason:
            raise forms.ValidationError(_("Say why: the reason stays with the matter."))
        return reason


def chosen_ids(data: QueryDict) -> set[UUID]:
    """Public ids of the chosen reviews; what is none is left out."""
    found = set()
    for text in data.getlist("review"):
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


def previewed_answers(data: QueryDict, waiting: Waiting, reason: str) -> list[Answer]:
    """Exactly the rows that stood in the preview, as they stood there."""
    keep, remove = set(data.getlist("kept")), set(data.getlist("removed"))
    return [
        Answer(row.item.pk, known in keep, "" if known in keep else reason, row.is_unused)
        for row in waiting.rows
        if (known := mark(row.item)) in keep | remove
    ]


class RulesForm(forms.Form):
    """How often, and how long silence lasts; the bounds are those of the database."""

    matter_months = forms.IntegerField(label=_("Each matter, every so many months"), min_value=1, max_value=24)
    group_months = forms.IntegerField(
        label=_("Each role and practice group, every so many months"), min_value=1, max_value=24
    )
    external_days = forms.IntegerField(label=_("External accounts, every so many days"), min_value=7, max_value=365)
    grace_days = forms.IntegerField(
        label=_("Days of silence"),
        min_value=3,
        max_value=90,
        help_text=_("Counted from the day on which the last of three reminders was delivered."),
    )


class ExportForm(forms.Form):
    """Which closed reviews, in what form, and what for."""

    since = forms.DateField(label=_("Closed since"))
    kind = forms.ChoiceField(label=_("As"), choices=[("csv", _("Table (CSV)")), ("json", _("Signed records (JSON)"))])
    reason = forms.CharField(
        label=_("What for"), max_length=200, help_text=_("Stands in the journal beside your name.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["since"].initial = timezone.localdate().replace(month=1, day=1)
