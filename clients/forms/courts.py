"""The form of a court or authority."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from clients import countries, normal
from clients.forms.contacts import EntryForm

SUBDIVISION = re.compile(r"[A-Z0-9]{1,3}")


class SeatForm(forms.Form):
    country = forms.ChoiceField(label=_("Country of the seat"), choices=countries.choices)
    subdivision = forms.CharField(
        label=_("State or region of the seat"),
        max_length=3,
        required=False,
        help_text=_("As in BY for Bavaria: its public holidays move the end of periods."),
    )
    seat = forms.CharField(label=_("Seat"), max_length=100, validators=[normal.fit_name])
    level = forms.CharField(label=_("Level"), max_length=60, required=False, validators=[normal.fit_text])

    def clean_subdivision(self) -> str:
        value: str = self.cleaned_data["subdivision"].strip().upper()
        if value and not SUBDIVISION.fullmatch(value):
            raise forms.ValidationError(_("One to three letters or digits, as in BY or 34."))
        return value


class CourtForm(SeatForm, EntryForm):
    field_order = ("name", "country", "subdivision", "seat", "level", "reason")
    name = forms.CharField(label=_("Name"), max_length=200, validators=[normal.fit_name])
    reason = forms.CharField(
        label=_("Why it is in the directory"),
        max_length=200,
        validators=[normal.fit_text],
        help_text=_("Everyone in the firm sees it. A client or an opponent is never entered here."),
    )


class CorrectSeatForm(SeatForm):
    """`seen` is the version that the person looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        validators=[normal.fit_text],
        help_text=_("For example: entered without its state. It stands with every date that is proposed."),
    )
