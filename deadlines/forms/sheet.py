"""Signing a control sheet."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignForm(forms.Form):
    """`seen` is the hash of the sheet as the page showed it."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    note = forms.CharField(
        label=_("What will be done"),
        max_length=300,
        required=False,
        help_text=_("Needed while something is open: who does it, and by when."),
    )
