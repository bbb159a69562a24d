"""What is typed for a conflict check."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matters.models import ConflictCheck

MOST_NAMES = 20
SHORTEST = 2


class AskForm(forms.Form):
    """The names first; the story only as far as the officer needs it."""

    names = forms.CharField(
        label=_("Names"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        help_text=_("One per line: the person or organisation, the other side, owners, spouses."),
    )
    note = forms.CharField(
        label=_("What the new case is about"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
        help_text=_("Only the conflicts officer reads this."),
    )

    def clean_names(self) -> list[str]:
        names = list(dict.fromkeys(line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()))
        if any(len(name) < SHORTEST for name in names):
            raise forms.ValidationError(_("A name needs at least two letters."))
        if len(names) > MOST_NAMES:
            raise forms.ValidationError(_("At most twenty names at once."))
        return names


class DecideForm(forms.Form):
    state = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = ConflictCheck.State
        decisions = [(state.value, state.label) for state in (states.CLEAR, states.CONFLICT)]
        self.fields["state"].choices = decisions  # type: ignore[attr-defined]
